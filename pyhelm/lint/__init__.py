"""Rules that say whether a chart is good, and why not; above ``template`` because they render."""
