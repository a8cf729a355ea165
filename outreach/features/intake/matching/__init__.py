"""Who a row of a list may be: compared with the register, with members and with the other rows."""
