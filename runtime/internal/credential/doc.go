// Package credential gives each auth block a valid credential: it reads what is stored, decides what to do, runs the operation of the plugin
// with its retries, and stores what came of it.
//
// What is decided is pure ([Decide], [Window]); what is done around it stands in [Keeper]. An operation's exchanges are written to the
// ledger before they leave, and their outcome is stored in one transaction with the credential that they brought. A refusal of secrets is
// latched: the same secrets are not sent again.
//
// The package knows nothing of HCL: a [Block] carries an evaluated configuration. It may be imported by the runtime only.
package credential
