package augur

import "time"

// DeliveryAttempt is one try to send an event to a webhook.
type DeliveryAttempt struct {
	At time.Time `json:"at"`
	// Status is the HTTP status of the answer, 0 when there was none.
	Status int `json:"status"`
	// Error says why the attempt failed, "" for one that succeeded.
	Error string `json:"error,omitempty"`
	// Answer is the beginning of the answer's body.
	Answer   string        `json:"answer,omitempty"`
	Duration time.Duration `json:"duration"`
}
