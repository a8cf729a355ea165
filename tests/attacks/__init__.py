"""What somebody who means harm has, tries, and does not get; one file a kind."""
