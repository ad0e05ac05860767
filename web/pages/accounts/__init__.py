"""Pages of LiraX accounts: the list of them, and one page each made of sections."""
