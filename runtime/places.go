package runtime

import (
	"fmt"

	"github.com/authrun/authrun/runtime/internal/placement"
	"github.com/authrun/authrun/sdk"
)

// Places are where the vendor's API takes the token on a request, and what stands there: the values hold the token. The error says that the
// vendor's plugin does not tell, or tells nonsense; it shows no value. [Transport] does it all by itself.
func (c Credential) Places() ([]sdk.Placement, error) {
	if len(c.use) == 0 {
		return nil, fmt.Errorf("the plugin of %s does not say where its tokens go on a request", c.Address)
	}
	places, err := placement.New(c.use, c.Value)
	if err != nil {
		return nil, fmt.Errorf("the token of %s cannot go on a request: %w", c.Address, err)
	}
	return places, nil
}
