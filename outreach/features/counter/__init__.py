"""The desk at the Mal Pelayanan Publik, where people come by themselves."""
