"""From a wish to a piece: request, plan, constraints, and the composer that turns them into notes."""
