"""The way in over HTTP: who may send, how much, and what is answered to a repeat."""
