"""What pyhelm does, one module per verb; knows no particular cluster and prints nothing."""
