package inference

import (
	"context"
	"crypto/sha256"
	"time"

	"augur"
)

// recall answers a question from the cache where it is there, and runs it where
// it is not: equal questions at one time together. status says which it was.
func (e *Engine) recall(ctx context.Context, began time.Time, timeout time.Duration, l *lane, in *encoded, outputs []string, mode augur.CacheMode) (a *answer, status augur.CacheStatus, err error) {
	deadline := began.Add(timeout)
	rows := max(len(in.index), 1)
	defer func() {
		if err == nil {
			l.series.cached(status, rows, a.cached)
		}
	}()
	if e.answers == nil || l.policy.CacheOff || mode == augur.CacheBypass {
		a, err = e.runBy(ctx, deadline, l, in.tensors, outputs)
		return a, augur.CacheSkipped, err
	}
	if len(in.index) > 1 && l.proof.state() == trusted && l.rowWorth.considers(in.tensors, began) {
		return e.recallRows(ctx, deadline, l, in, outputs, mode)
	}
	if !l.worth.considers(in.tensors, began) {
		a, err = e.runBy(ctx, deadline, l, in.tensors, outputs)
		return a, augur.CacheSkipped, err
	}

	looked := time.Now()
	kind := l.kindOf(in.tensors, outputs)
	key := kind.key(in.tensors)
	if mode != augur.CacheRefresh {
		if a := e.answers.get(key); a != nil {
			l.worth.hit(1)
			return a, augur.CacheMemory, nil
		}
	}
	lookup := time.Since(looked)
	run := func() (*answer, error) {
		a, err := e.runBy(ctx, deadline, l, in.tensors, outputs)
		if err == nil {
			ran := time.Now()
			e.keep(l, key, a)
			l.worth.missed(1, lookup+time.Since(ran), a.share)
		}
		return a, err
	}
	status = augur.CacheMiss
	if mode == augur.CacheRefresh {
		a, err = run()
		return a, status, err
	}
	until := limit(ctx, deadline)
	defer until.end()
	ctx = until
	a, together, err := e.flights.together(ctx, key,
		func() *answer { return e.answers.get(key) },
		func() (*answer, error) {
			if a := e.fetch(ctx, l, key, rows); a != nil {
				l.worth.hit(1)
				status = augur.CacheShared
				return a, nil
			}
			return run()
		})
	if together {
		l.worth.hit(1)
		status = augur.CacheMemory
	}
	return a, status, err
}

// recallRows answers a question of several rows row by row, for a version that
// is known to answer each by itself: only the rows that are not in the cache
// are run, equal ones once, and the answer is put together.
func (e *Engine) recallRows(ctx context.Context, deadline time.Time, l *lane, in *encoded, outputs []string, mode augur.CacheMode) (*answer, augur.CacheStatus, error) {
	began := time.Now()
	n := len(in.index)
	q := &question{parts: make([]*answer, n), keys: make([]Key, n)}
	kind := l.kindOf(in.tensors, outputs)
	for i := range n {
		q.keys[i] = kind.keyOfRow(in.tensors, i)
	}
	if mode != augur.CacheRefresh {
		q.look(e.answers)
		if q.memory == n {
			l.rowWorth.hit(n)
			a, ok := q.join(l)
			if ok {
				return a, augur.CacheMemory, nil
			}
		}
	}
	lookup := time.Since(began)
	until := limit(ctx, deadline)
	defer until.end()
	ctx = until
	run := func() (*answer, error) {
		if mode != augur.CacheRefresh {
			q.look(e.answers) // an equal question may have been answered meanwhile
			e.fetchRows(ctx, l, q)
		}
		return e.runMissing(ctx, deadline, l, in, outputs, q, lookup)
	}
	var a *answer
	var err error
	together := false
	if mode == augur.CacheRefresh {
		a, err = run()
	} else {
		a, together, err = e.flights.together(ctx, q.key(), func() *answer { return nil }, run)
	}
	switch {
	case err != nil:
		return nil, "", err
	case together:
		l.rowWorth.hit(n)
		return a, augur.CacheMemory, nil
	case a.cached < n:
		return a, augur.CacheMiss, nil
	case q.shared > 0:
		return a, augur.CacheShared, nil
	default:
		return a, augur.CacheMemory, nil
	}
}

// question is a question of several rows and the answers to them, nil where
// there is none yet.
type question struct {
	keys           []Key
	parts          []*answer
	memory, shared int // where parts came from
}

// key names the whole, for those who ask it at one time.
func (q *question) key() Key {
	h := sha256.New()
	for i := range q.keys {
		h.Write(q.keys[i][:])
	}
	return Key(h.Sum(nil))
}

// look takes what the cache in memory has.
func (q *question) look(c *answers) {
	for i, a := range q.parts {
		if a == nil {
			if q.parts[i] = c.get(q.keys[i]); q.parts[i] != nil {
				q.memory++
			}
		}
	}
}

// join puts the answers together. It reports false when they do not fit.
func (q *question) join(l *lane) (*answer, bool) {
	list := make([][]augur.Output, len(q.parts))
	for i, a := range q.parts {
		list[i] = a.outputs
	}
	outputs, ok := concat(list)
	return &answer{outputs: outputs, digest: l.v.Digest, ttl: l.policy.CacheTTL, cached: q.memory + q.shared}, ok
}

// runMissing runs the rows that have no answer yet, equal ones once, and puts
// the answer together.
func (e *Engine) runMissing(ctx context.Context, deadline time.Time, l *lane, in *encoded, outputs []string, q *question, lookup time.Duration) (*answer, error) {
	var index []int // rows to run
	where := map[Key]int{}
	for i, a := range q.parts {
		if _, twice := where[q.keys[i]]; a == nil && !twice {
			where[q.keys[i]] = len(index)
			index = append(index, i)
		}
	}
	whole := func() (*answer, error) { return e.runBy(ctx, deadline, l, in.tensors, outputs) }
	if len(index) == 0 {
		if a, ok := q.join(l); ok {
			l.rowWorth.hit(len(q.parts))
			return a, nil
		}
		return whole()
	}
	tensors := in.tensors
	if len(index) < len(q.parts) {
		tensors = pickAll(tensors, index)
	}
	ran, err := e.runBy(ctx, deadline, l, tensors, outputs)
	if err != nil {
		return nil, err
	}
	if !allFollow(ran.outputs, len(index)) {
		l.proof.refute(notRows)
		return whole()
	}
	began := time.Now()
	rows := make([]*answer, len(index))
	for k := range index {
		rows[k] = &answer{outputs: part(ran.outputs, k, k+1), digest: l.v.Digest, ttl: l.policy.CacheTTL, run: ran.run, purges: ran.purges}
		e.keep(l, q.keys[index[k]], rows[k])
	}
	l.rowWorth.hit(len(q.parts) - len(index))
	l.rowWorth.missed(len(index), lookup+time.Since(began), ran.share)
	if len(index) == len(q.parts) {
		return ran, nil
	}
	for i, a := range q.parts {
		if a == nil {
			q.parts[i] = rows[where[q.keys[i]]]
		}
	}
	a, ok := q.join(l)
	if !ok {
		l.proof.refute(notRows)
		return whole()
	}
	a.queue, a.run, a.cached = ran.queue, ran.run, len(q.parts)-len(index)
	return a, nil
}

// runBy runs by a deadline.
func (e *Engine) runBy(ctx context.Context, deadline time.Time, l *lane, inputs []augur.NamedTensor, outputs []string) (*answer, error) {
	if d, ok := ctx.Deadline(); !ok || d.After(deadline) {
		until := limit(ctx, deadline)
		defer until.end()
		ctx = until
	}
	return e.run(ctx, l, inputs, outputs)
}

// keep puts an answer that was just run into the cache, and into the shared one
// where that is faster than running.
func (e *Engine) keep(l *lane, key Key, a *answer) {
	e.answers.put(key, a, a.purges)
	if e.shared != nil && e.shared.pays(l.cost(1)) {
		e.shared.offer(key, a, a.purges)
	}
}

// fetch asks the shared cache for a question of so many rows and keeps its
// answer, nil when it has none.
func (e *Engine) fetch(ctx context.Context, l *lane, key Key, rows int) *answer {
	if e.shared == nil || !e.shared.pays(l.cost(rows)) {
		return nil
	}
	purges := e.answers.purges.Load()
	a := e.shared.get(ctx, l.v.Digest, key, l.policy.CacheTTL)
	if a != nil {
		e.answers.put(key, a, purges)
	}
	return a
}

// fetchRows asks the shared cache for the rows that have no answer yet.
func (e *Engine) fetchRows(ctx context.Context, l *lane, q *question) {
	if e.shared == nil || !e.shared.pays(l.cost(len(q.parts)-q.memory)) {
		return
	}
	var keys []Key
	var index []int
	for i, a := range q.parts {
		if a == nil {
			keys, index = append(keys, q.keys[i]), append(index, i)
		}
	}
	purges := e.answers.purges.Load()
	for k, a := range e.shared.getMany(ctx, l.v.Digest, keys, l.policy.CacheTTL) {
		if a != nil && allFollow(a.outputs, 1) {
			q.parts[index[k]] = a
			q.shared++
			e.answers.put(keys[k], a, purges)
		}
	}
}
