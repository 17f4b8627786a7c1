package credential

import "context"

// Reuse gives the credential of b if nothing has to be done for it, with what [Keeper.Ensure] would warn of, and tells whether that is so. It
// sends nothing. Arguments of b may be unknown, as with [Keeper.Peek].
func (k *Keeper) Reuse(ctx context.Context, b Block) (Valid, bool, error) {
	look, err := k.Look(ctx, b)
	if err != nil || look.Do != Reuse {
		return Valid{}, false, err
	}
	h, err := k.read(ctx, look.Key, b.Schema.Credential)
	if err != nil || h == nil || !alive(&h.record, k.Now()) {
		return Valid{}, false, err
	}
	if err := k.use(ctx, b, look.Key); err != nil {
		return Valid{}, false, err
	}
	v := reused(h, look.Reason)
	v.Warning, v.Class = look.Warning, look.Class
	return v.Valid, true, k.settle(ctx, b, h.record.UsableAt)
}
