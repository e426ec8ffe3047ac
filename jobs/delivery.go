package jobs

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"augur"
	"augur/registry"

	"github.com/riverqueue/river"
)

// deliveryArgs name a delivery to attempt.
type deliveryArgs struct {
	DeliveryID string `json:"delivery_id"`
}

// Kind of river.JobArgs.
func (deliveryArgs) Kind() string { return "webhook_delivery" }

// deliveryWorker attempts deliveries.
type deliveryWorker struct {
	river.WorkerDefaults[deliveryArgs]
	queue *Queue
}

// Work makes one attempt. An attempt that failed snoozes the job until the next
// one, whose time the record says; an error is one of the database, and River
// runs the job again after a while.
func (w *deliveryWorker) Work(ctx context.Context, job *river.Job[deliveryArgs]) error {
	q := w.queue
	d, err := q.deps.Deliveries.DeliveryToSend(ctx, job.Args.DeliveryID)
	if err != nil && augur.CodeOf(err) != augur.FailedPrecondition {
		return fmt.Errorf("read the delivery: %w", err)
	}
	var result registry.DeliveryResult
	switch {
	case err != nil: // the secret cannot be opened here
		result.At, result.Error = time.Now().UTC(), augur.AsError(err).Message
	case d == nil:
		return nil
	default:
		result = q.send(ctx, d)
		if ctx.Err() != nil {
			return ctx.Err() // the server stops: this was no attempt of the receiver's
		}
	}
	wait, err := q.deps.Deliveries.DeliveryAttempted(ctx, job.Args.DeliveryID, result)
	if err != nil {
		return fmt.Errorf("write down the attempt: %w", err)
	}
	if wait > 0 {
		return river.JobSnooze(wait)
	}
	return nil
}

// NextRetry of river.Worker, for errors of the database.
func (w *deliveryWorker) NextRetry(job *river.Job[deliveryArgs]) time.Time {
	return time.Now().Add(min(time.Duration(job.Attempt)*2*time.Second, 10*time.Minute))
}

// maxAnswer is how much of an answer is kept.
const maxAnswer = 1000

// send makes one attempt. Whatever comes of it is in the result.
func (q *Queue) send(ctx context.Context, d *registry.Delivery) (result registry.DeliveryResult) {
	began := time.Now()
	result.At = began.UTC().Truncate(time.Microsecond)
	defer func() { result.Duration = time.Since(began) }()
	ctx, cancel := context.WithTimeout(ctx, q.cfg.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, strings.NewReader(d.Payload))
	if err != nil {
		result.Error = "the URL cannot be used"
		return result
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", q.cfg.UserAgent)
	sign(req.Header, d, began)
	res, err := q.http.Do(req)
	if err != nil {
		result.Error = reason(ctx, err)
		return result
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	result.Status = res.StatusCode
	result.Answer = string(bytes.TrimSpace(body))
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		result.Error = "the receiver redirects, which is not followed: give the URL it redirects to"
	case res.StatusCode < 200 || res.StatusCode > 299:
		result.Error = fmt.Sprintf("the receiver answered %d", res.StatusCode)
		result.Gone = res.StatusCode == http.StatusGone
		result.RetryAfter = retryAfter(res)
	case err != nil:
		result.Error = "the answer broke off: " + reason(ctx, err)
	}
	return result
}

// retryAfter reads how long a receiver that is busy asks to be left alone.
func retryAfter(res *http.Response) time.Duration {
	if res.StatusCode != http.StatusTooManyRequests && res.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	text := res.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 24); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at))
	}
	return 0
}

// sign sets the headers of the Standard Webhooks specification: HMAC-SHA256 with
// each secret over id.timestamp.body.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
func sign(h http.Header, d *registry.Delivery, at time.Time) {
	stamp := strconv.FormatInt(at.Unix(), 10)
	signatures := make([]string, len(d.Secrets))
	for i, secret := range d.Secrets {
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
		if err != nil {
			key = []byte(secret)
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(d.EventID + "." + stamp + "." + d.Payload))
		signatures[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	h.Set("Webhook-Id", d.EventID)
	h.Set("Webhook-Timestamp", stamp)
	h.Set("Webhook-Signature", strings.Join(signatures, " "))
}

// reason says in few words why no answer came. The texts of net/http repeat the
// URL, whose query may be a credential.
func reason(ctx context.Context, err error) string {
	if refused, ok := errors.AsType[*augur.Error](err); ok {
		return refused.Message
	}
	if errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
		return "the receiver did not answer in time"
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		return "the name " + dns.Name + " could not be resolved"
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return "the receiver could not be reached: " + op.Err.Error()
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err.Error()
	}
	return err.Error()
}
