// Package simulated makes a vendor of a plugin's description: a [Plugin], and the [Service] behind it, which lives on a virtual clock.
//
// The plugin does what the description says that the real one does, with the number of exchanges that it makes at most. The service answers
// without a network, counts every call against the declared limits by itself, and tells when one is broken. What a description does not
// say is not simulated: refusals, answers that are no credential, a life that differs from call to call.
//
// It knows nothing of stores, flows and how calls are held back. It may be imported by the runtime.
package simulated
