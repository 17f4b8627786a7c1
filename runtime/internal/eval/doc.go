// Package eval gives the expressions of a flow their values: variables, locals, functions, the arguments of auth blocks checked against
// their vendor's schema, outputs and conditions.
//
// A [Scope] is made of a flow and its inputs. It learns the vendors' schemas ([Scope.Describe]) and, one after the other, the credentials
// that became known ([Scope.SetCredential]); until then an auth block's value is an object of unknown attributes. Evaluation never rebuilds
// the world: each expression sees only what it refers to, so work grows with the flow and not with its square.
//
// What a flow's author did wrong is a diagnostic with a place. Sensitive values stand in none of them. The package is imported by package
// runtime alone, and gives it plain values: JSON, durations, strings.
package eval
