package credential

import "context"

// Reuse gives the credential of b if nothing has to be done for it, with what [Keeper.Ensure] would warn of, and tells whether that is so. It
// sends nothing. Arguments of b may be unknown, as with [Keeper.Peek].
func (k *Keeper) Reuse(ctx context.Context, b Block) (Valid, bool, error) {
	key, ok := k.find(b)
	if !ok {
		return Valid{}, false, nil
	}
	h, err := k.read(ctx, key, b.Schema.Credential)
	if err != nil || h == nil {
		return Valid{}, false, err
	}
	d, warning := k.decide(b, h)
	v := reused(h, d.Reason)
	v.Warning = warning
	if d.Do != Reuse {
		if !d.Living {
			return Valid{}, false, nil
		}
		// It is due, but that may be held back.
		look, err := k.Look(ctx, b)
		if err != nil || look.Do != Reuse {
			return Valid{}, false, err
		}
		v.Reason, v.Warning, v.Class = look.Reason, look.Warning, look.Class
	}
	if err := k.use(ctx, b, key); err != nil {
		return Valid{}, false, err
	}
	return v.Valid, true, k.settle(ctx, b, h.record.UsableAt)
}
