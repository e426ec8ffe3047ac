package blob

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"augur"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// OpenRemote opens the object storage that a URL names:
//
//	s3://[KEY:SECRET@]BUCKET[/PREFIX][?endpoint=URL&region=NAME&path-style=BOOL]
//	gs://[KEY:SECRET@]BUCKET[/PREFIX]
//
// s3 is Amazon's, or whatever at the endpoint speaks its protocol, and gs is
// Google's, by the same protocol. Without a key in the URL it is looked for in
// AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in ~/.aws/credentials, and with
// the machine's own role. Nothing is sent yet. The error is InvalidArgument.
func OpenRemote(text augur.Secret) (Remote, error) {
	wrong := func(format string, args ...any) error { return augur.Errorf(augur.InvalidArgument, format, args...) }
	u, err := url.Parse(text.Reveal())
	if err != nil { // whose text would hold the secret
		return nil, wrong("the URL of the object storage cannot be read: expected s3://BUCKET/PREFIX or gs://BUCKET/PREFIX")
	}
	query := u.Query()
	options := minio.Options{Secure: true, Region: query.Get("region"), MaxRetries: 3}
	host := "s3.amazonaws.com"
	switch {
	case u.Host == "":
		return nil, wrong("the URL of the object storage names no bucket")
	case u.Scheme == "gs":
		host = "storage.googleapis.com"
	case u.Scheme != "s3":
		return nil, wrong("object storage %q: expected s3 or gs", u.Scheme)
	}
	for key := range query {
		if key != "endpoint" && key != "region" && key != "path-style" {
			return nil, wrong("object storage: no option %q: expected endpoint, region or path-style", key)
		}
	}
	if text := query.Get("endpoint"); text != "" {
		endpoint, err := url.Parse(text)
		if err != nil || endpoint.Host == "" || endpoint.Scheme != "http" && endpoint.Scheme != "https" || strings.Trim(endpoint.Path, "/") != "" {
			return nil, wrong("object storage: the endpoint is no URL such as https://storage.example.com")
		}
		host, options.Secure, options.BucketLookup = endpoint.Host, endpoint.Scheme == "https", minio.BucketLookupPath
	}
	if text := query.Get("path-style"); text != "" {
		path, err := strconv.ParseBool(text)
		if err != nil {
			return nil, wrong("object storage: path-style %q: expected true or false", text)
		}
		options.BucketLookup = minio.BucketLookupDNS
		if path {
			options.BucketLookup = minio.BucketLookupPath
		}
	}
	if u.User != nil {
		secret, _ := u.User.Password()
		options.Creds = credentials.NewStaticV4(u.User.Username(), secret, "")
	} else {
		options.Creds = credentials.NewChainCredentials([]credentials.Provider{
			&credentials.EnvAWS{}, &credentials.FileAWSCredentials{}, &credentials.IAM{},
		})
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = time.Minute
	options.Transport = transport
	client, err := minio.New(host, &options)
	if err != nil {
		return nil, augur.Wrap(augur.InvalidArgument, err, "the object storage cannot be used")
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" {
		prefix += "/"
	}
	return &s3{client: client, transport: transport, bucket: u.Host, prefix: prefix + "sha256/"}, nil
}

// s3 is a bucket. An object is named as a file is: PREFIX/sha256/ab/abcdef….
type s3 struct {
	client         *minio.Client
	transport      *http.Transport
	bucket, prefix string
}

// Close lets go of idle connections.
func (s *s3) Close() error {
	s.transport.CloseIdleConnections()
	return nil
}

func (s *s3) key(digest augur.Digest) string {
	hex := digest.Hex()
	return s.prefix + hex[:2] + "/" + hex
}

// Put stores an object; a large one in parts, of which a few are on their way.
func (s *s3) Put(ctx context.Context, digest augur.Digest, r io.Reader, size int64) error {
	_, err := s.client.PutObject(ctx, s.bucket, s.key(digest), r, size, minio.PutObjectOptions{ContentType: "application/octet-stream"})
	return s.error(ctx, digest, err)
}

// Renew copies the object onto itself: the one way to change its age.
func (s *s3) Renew(ctx context.Context, digest augur.Digest) error {
	_, err := s.client.ComposeObject(ctx, minio.CopyDestOptions{
		Bucket: s.bucket, Object: s.key(digest), ReplaceMetadata: true,
		UserMetadata: map[string]string{"renewed": time.Now().UTC().Format(time.RFC3339)},
	}, minio.CopySrcOptions{Bucket: s.bucket, Object: s.key(digest)})
	return s.error(ctx, digest, err)
}

// Get opens an object.
func (s *s3) Get(ctx context.Context, digest augur.Digest) (io.ReadCloser, error) {
	core := minio.Core{Client: s.client} // whose GetObject asks at once
	body, _, _, err := core.GetObject(ctx, s.bucket, s.key(digest), minio.GetObjectOptions{})
	return body, s.error(ctx, digest, err)
}

// Stat describes an object.
func (s *s3) Stat(ctx context.Context, digest augur.Digest) (Info, error) {
	info, err := s.client.StatObject(ctx, s.bucket, s.key(digest), minio.StatObjectOptions{})
	return Info{Digest: digest, Size: info.Size, At: info.LastModified}, s.error(ctx, digest, err)
}

// Remove removes an object.
func (s *s3) Remove(ctx context.Context, digest augur.Digest) error {
	err := s.error(ctx, digest, s.client.RemoveObject(ctx, s.bucket, s.key(digest), minio.RemoveObjectOptions{}))
	if augur.CodeOf(err) == augur.NotFound {
		return nil
	}
	return err
}

// List lists the bucket, a thousand objects at a time.
func (s *s3) List(ctx context.Context, each func(Info) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // ends the listing
	for o := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: s.prefix, Recursive: true}) {
		if o.Err != nil {
			return s.error(ctx, "", o.Err)
		}
		digest, err := augur.ParseDigest("sha256:" + o.Key[strings.LastIndexByte(o.Key, '/')+1:])
		if err != nil || s.key(digest) != o.Key {
			continue // not ours
		}
		if err := each(Info{Digest: digest, Size: o.Size, At: o.LastModified}); err != nil {
			return err
		}
	}
	return nil
}

// error is what became of a request, in our codes.
func (s *s3) error(ctx context.Context, digest augur.Digest, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return augur.AsError(ctx.Err())
	}
	answer, ok := errors.AsType[minio.ErrorResponse](err)
	switch {
	case ok && (answer.Code == "NoSuchKey" || answer.StatusCode == http.StatusNotFound && answer.Code != "NoSuchBucket"):
		return notFound(digest)
	case ok && answer.StatusCode >= 400 && answer.StatusCode < 500 && answer.StatusCode != http.StatusTooManyRequests && answer.StatusCode != http.StatusRequestTimeout:
		return augur.Wrap(augur.FailedPrecondition, err, "the object storage refuses (%s): see artifacts.url", answer.Code)
	}
	return augur.Wrap(augur.Unavailable, err, "the object storage does not answer")
}
