"""How dates are written where Django's own way is that of one country only; other languages are as Django has them."""
