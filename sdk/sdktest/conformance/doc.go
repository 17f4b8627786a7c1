// Package conformance examines a vendor's plugin, in any language, and says what its author must mend.
//
// [Run] has the plugin started the way its host does, as a process of its own, and plays the vendor's side from a script (package script).
// Beyond what the script says it checks what holds for every vendor: the schema explains itself, nothing is sent before the arguments are
// there, every broken answer gets its class within the declared number of exchanges, odd answers that vendors do send are understood, an
// operation ends when it is cancelled, and no secret appears in any text. Without a script it makes arguments up from the schema, and checks
// what needs no answer.
//
// There is no network: exchanges end in this process. Results are values; package sdktest makes tests of them, and `authrun plugin test`
// shows them. The package needs no package testing, and may be imported by both and by other programs that judge plugins.
package conformance
