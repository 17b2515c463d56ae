"""When work is done: working times, public holidays, and which unit keeps which calendar."""
