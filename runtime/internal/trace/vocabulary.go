package trace

import (
	"strings"
	"unicode"
)

// mostVocabulary is the length up to which a text is looked up word by word.
const mostVocabulary = 120

// vocabulary are the words of HTTP interfaces in general: of paths, grant types, media types, results and refusals. A text made of them says
// nothing that only its writer knows. No word names a person, a company or an account.
var vocabulary = wordsOf(`
	a an and any as at be by for from has have if in is it no not of on or please the this to too up with you your was were are again
	app apps application applications auth authed authorise authorised authorize authorized authorization authenticate authenticated authentication
	api apis open openapi oauth oauth2 oidc oa rest service services server gateway platform system web mobile client clients user users admin account
	accounts member members org organization company corp tenant
	login logout signin signout log sign session sessions heartbeat ping keep alive health
	token tokens access refresh id issue issued grant granted revoke revoked renew create created get fetch set add update updated delete remove list query
	send post put find check verify validate exchange introspect bearer basic digest jwt
	type code codes key keys secret secrets password passwords name names value values data result results message messages status state info error errors
	field fields parameter parameters param params header headers body request requests response responses
	credential credentials authorization_code device
	success successful successfully succeeded ok okay true false yes none null fail failed failure failures
	invalid illegal bad wrong missing required unknown unsupported unauthorized forbidden denied refused rejected found exist exists expired expire expires
	expiration limit limited limits quota exceeded reach reached resource resources rate many times time timeout busy unavailable internal external
	temporarily temporary maintenance argument arguments format mismatch match duplicate locked disabled enabled allowed operation operations permission
	permissions privilege scope scopes audience redirect uri url ip address method methods version
	json xml html text plain form urlencoded multipart www x utf gbk iso ascii charset boundary encoding image octet stream
	javascript problem vnd
	gzip deflate identity br zstd close chunked cache control store max age private public must revalidate pragma expires vary accept origin same site strict lax
	only secure path domain nosniff deny head patch cookie
	http https v sip do action cgi php jsp asp html index en us cn zh
`)

func wordsOf(text string) map[string]bool {
	words := map[string]bool{}
	for _, word := range strings.Fields(text) {
		words[word] = true
	}
	return words
}

// isVocabulary tells whether a text is made of words of the vocabulary, and of numbers of three digits at most between them.
func isVocabulary(text string) bool {
	if len(text) > mostVocabulary {
		return false
	}
	known := false
	for _, word := range words(text) {
		switch {
		case strings.Trim(word, "0123456789") == "" && len(word) <= 3:
		case vocabulary[strings.ToLower(word)]:
			known = true
		default:
			return false
		}
	}
	return known
}

// words cuts a text at what is neither letter nor digit, where digits begin or end, and where a capital follows a small letter. What stands
// between words and is no mark of writing is a word of its own.
func words(text string) []string {
	var all []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			all = append(all, string(word))
		}
		word = nil
	}
	for _, r := range text {
		last := rune(0)
		if len(word) > 0 {
			last = word[len(word)-1]
		}
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if last != 0 && (unicode.IsDigit(r) != unicode.IsDigit(last) || unicode.IsUpper(r) && !unicode.IsUpper(last)) {
				end()
			}
			word = append(word, r)
		case strings.ContainsRune("_-./:=+*,;!?()'\" ", r):
			end()
		default:
			end()
			all = append(all, string(r))
		}
	}
	end()
	return all
}
