"""The workbench: a page to open a problem, move its rules, and see what follows."""
