"""联合执法: several units work on cases at one time and place, each with a part of its own."""
