package jobs

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"

	"augur"
)

// linkFor is how long a download can be begun.
const linkFor = time.Hour

// extensions are what the paths of downloads end with.
var extensions = map[augur.TableFormat]string{augur.FormatCSV: "csv", augur.FormatJSONLines: "jsonl"}

// Link is the path where the result of a job can be downloaded, with what shows
// that this server gave it out.
func (q *Queue) Link(id string, format augur.TableFormat) string {
	expires := strconv.FormatInt(time.Now().Add(linkFor).Unix(), 10)
	query := url.Values{"expires": {expires}, "signature": {q.signature(id, format, expires)}}
	return "/jobs/" + id + "/result." + extensions[format] + "?" + query.Encode()
}

// OpenLink reads the job and the format of a link: the part of its path that
// names the file, and its query. The error is NotFound for a file that there is
// none of, and PermissionDenied for a link that is too old or was not given out.
func (q *Queue) OpenLink(id, file string, query url.Values) (augur.TableFormat, error) {
	extension, ok := strings.CutPrefix(file, "result.")
	for format, known := range extensions {
		if !ok || known != extension {
			continue
		}
		expires, signature := query.Get("expires"), query.Get("signature")
		if !hmac.Equal([]byte(signature), []byte(q.signature(id, format, expires))) {
			return "", augur.Errorf(augur.PermissionDenied, "this address was not given out by this server: ask the job for its download")
		}
		if at, err := strconv.ParseInt(expires, 10, 64); err != nil || time.Now().Unix() > at {
			return "", augur.Errorf(augur.PermissionDenied, "this address is too old: ask the job for its download again")
		}
		return format, nil
	}
	return "", augur.Errorf(augur.NotFound, "expected result.csv or result.jsonl")
}

func (q *Queue) signature(id string, format augur.TableFormat, expires string) string {
	mac := hmac.New(sha256.New, append([]byte("augur download 1\x00"), q.cfg.LinkKey...))
	mac.Write([]byte(id + "\x00" + string(format) + "\x00" + expires))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
