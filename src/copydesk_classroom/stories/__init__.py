"""An instructor's own story: a draft key from a page, what is confirmed in it, packs, two coders, annotations."""
