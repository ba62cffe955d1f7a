"""What a Cospas-Sarsat 406 MHz beacon says: C/S T.001 (first generation) and C/S T.018 (second); pure, any thread."""
