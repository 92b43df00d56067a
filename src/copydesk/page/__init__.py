"""A raw page becomes an article: blocks, sentences, furniture; and spans become HTML."""
