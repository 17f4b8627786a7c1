package conformance

// What to do about the kinds of finding: one or two sentences for the plugin's author, whatever the language.
const (
	mendStart = "A plugin is a program named authrun-plugin-VENDOR. It prints nothing but the handshake line, serves the protocol, and answers Describe; " +
		"in Go plugin.Serve does all that."
	mendEnd   = "A plugin must live until its standard input or connection ends. Look for an exit, a crash or a panic outside the operation's own goroutine."
	mendHang  = "End the operation when its last answer is there. Look for a wait that nobody ends: a lock, a channel, a sleep, a read of a stream."
	mendFault = "End every operation with a credential or a failure, whatever the arguments and answers; a crash or another kind of end tells the user nothing."
	mendBug   = "Return a failure with a class for everything that can happen, and guard what may be unset before it is used."
	mendCalls = "Declare as many exchanges for the operation as it makes at most: it is the host's budget, and counts against the vendor's limits."
	mendLeak  = "Put no argument, token or part of an answer into texts: say what happened in words, and pass the vendor's own words through sdk.Clean. Where a " +
		"secret is derived (a hash, a signature), let the host learn it. Print nothing: log by the operation's log."
	mendScript   = "Complete the script: see docs/script.md for what it must have."
	mendConfig   = "Mend the script's configuration, or the schema where it refuses what is right."
	mendDoc      = "Write a doc: it is what users see in the reference, and in messages about that argument."
	mendSecret   = "Declare it sensitive (in Go: give the field the type sdk.Secret), so that it is sealed, hidden and redacted."
	mendSchema   = "Mend the declaration: authrun checks configurations, counts calls and guards the vendor's addresses by it."
	mendAccount  = "Mark the arguments that tell which account at the vendor is meant: what is stored, locked and counted belongs to it."
	mendEndpoint = "Mark the argument that holds the vendor's address as endpoint: exchanges may go to its origin and nowhere else."
	mendRequest  = "Compare what the plugin sends with the vendor's documentation, and then mend the plugin or the script."
	mendGood     = "The answer is one that the vendor gives when all is well: read it as the documentation says."
	mendClass    = "Give the failure the class that says what the host is to do (retry, wait, stop until the configuration changes). A class too severe stops a user for nothing, one too mild repeats what must not be repeated."
	mendRetry    = "Pass on when the vendor says to try again (Retry-After, in seconds or as a date); the host waits for just so long."
	mendValue    = "Take the attribute from the right place of the answer, with the type that the schema declares."
	mendLife     = "Compute the life from what the vendor answers, as a duration from the instant the request left."
	mendToken    = "A success without a token is no success: fail with malformed_answer."
	mendOdd      = "Read answers leniently: vendors' servers do write them so. In Go use sdk.Text, sdk.Int, sdk.Lax and Answer.JSON."
	mendRequired = "Check arguments before the first exchange: a call with half a configuration is a call lost, and may lock the account."
	mendCancel   = "Pass the operation's context to every exchange and wait, and return its error when it ends."
	mendShared   = "Keep nothing between operations: no package variable, no cache, no client with state."
)
