package credential

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/authrun/authrun/runtime/internal/seal"
	"github.com/authrun/authrun/runtime/store"
	"github.com/authrun/authrun/sdk"
)

// held is a stored record with its value opened.
type held struct {
	record store.Record
	sealed content // zero where the record holds no value
}

// generation is that of what is stored; 0: nothing is.
func (h *held) generation() uint64 {
	if h == nil {
		return 0
	}
	return h.record.Generation
}

// content is what is sealed of a credential.
type content struct {
	Value   json.RawMessage `json:"value"`
	Private json.RawMessage `json:"private,omitempty"`
}

// valid is a Valid together with the moment from which it may be handed out.
type valid struct {
	Valid
	usable time.Time
}

func reused(h *held, reason string) valid {
	return valid{
		Valid:  Valid{Did: Reuse, Reason: reason, Value: h.sealed.Value, Generation: h.record.Generation, ExpiresAt: h.record.ExpiresAt},
		usable: h.record.UsableAt,
	}
}

// bound ties a sealed value to its row: moved to another row, it does not open.
func bound(key store.Key, generation uint64) []byte {
	return seal.Bind("credential", key.Vendor, key.Account, key.Fingerprint, strconv.FormatUint(generation, 10))
}

// read reads and opens the record of key; nil: there is none.
func (k *Keeper) read(ctx context.Context, key store.Key, schema sdk.Block) (*held, error) {
	record, err := k.Store.Record(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, storeFailed("read the store", err)
	}
	record, plain, err := k.open(ctx, record)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, storeFailed("open a stored credential", err)
	}
	h := &held{record: record}
	if record.Sealed == nil {
		return h, nil
	}
	if err := json.Unmarshal(plain, &h.sealed); err != nil {
		return nil, storeFailed("open a stored credential", fmt.Errorf("%w: what was sealed is no credential", store.ErrCorrupt))
	}
	k.learn(schema, h.sealed)
	return h, nil
}

// seal makes the bytes that the store keeps of c, and says how: that must still hold when they are written.
func (k *Keeper) seal(c content, key store.Key, generation uint64) ([]byte, Sealing, error) {
	plain, err := json.Marshal(c)
	if err != nil {
		return nil, Sealing{}, err
	}
	now := k.Keys.current()
	sealed, err := now.Key.Seal(k.Rand, plain, bound(key, generation))
	return sealed, now, err
}

// missing are the attributes that the flow refers to and the stored value does not have, since an older version of the plugin gave it. One that
// is null is there: asking again would not help.
func (b Block) missing(h *held) []string {
	if b.Refers == nil || h.record.Sealed == nil || h.record.MadeBy == b.Schema.Version {
		return nil
	}
	has := members(h.sealed.Value)
	var missing []string
	for _, name := range b.Refers() {
		if a, ok := b.Schema.Credential.Attribute(name); ok && !a.Private && has[name] == nil {
			missing = append(missing, name)
		}
	}
	return missing
}

// whole is a value in which every attribute that flows may see has a member: null, where it has none.
func whole(value json.RawMessage, schema sdk.Block) json.RawMessage {
	has := members(value)
	lacks := false
	for _, a := range schema.Attributes {
		if !a.Private && has != nil && has[a.Name] == nil {
			has[a.Name], lacks = json.RawMessage("null"), true
		}
	}
	if !lacks {
		return value
	}
	// Members that were decoded can be encoded.
	filled, _ := json.Marshal(has)
	return filled
}

// members are the members of an object; nil: it is none.
func members(value json.RawMessage) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	// What does not decode has no members.
	_ = json.Unmarshal(value, &m)
	return m
}

// learn tells the redactor the secrets of a credential: the token, what the schema calls sensitive, and all that is private.
func (k *Keeper) learn(schema sdk.Block, c content) {
	var value, private map[string]any
	// What does not decode holds no secret that could be printed as such.
	_ = json.Unmarshal(c.Value, &value)
	_ = json.Unmarshal(c.Private, &private)
	var secrets []string
	var add func(v any)
	add = func(v any) {
		switch v := v.(type) {
		case string:
			if v != "" {
				secrets = append(secrets, v)
			}
		case []any:
			for _, element := range v {
				add(element)
			}
		case map[string]any:
			for _, member := range v {
				add(member)
			}
		}
	}
	add(value["token"])
	for _, a := range schema.Attributes {
		if a.Sensitive {
			add(value[a.Name])
		}
	}
	for _, v := range private {
		add(v)
	}
	k.Learn(secrets...)
}

// tokenIn is the token in the value of a credential.
func tokenIn(value json.RawMessage) string {
	var v struct {
		Token string `json:"token"`
	}
	// A value that does not decode has no token.
	_ = json.Unmarshal(value, &v)
	return v.Token
}
