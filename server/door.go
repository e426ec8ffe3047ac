package server

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"syscall"
	"time"
)

// door is the listener of a server that can close without anybody being left
// between door and house. A socket that listens has a queue of connections that
// the kernel has made and nobody has taken yet; what is in it when the socket
// closes is reset, after its client may have sent a request, which a proxy then
// may not send to another server. So at the end the queue is made one place long
// and taken by a connection of our own: clients that come later are not let in at
// all, and find the port closed when they try again. And net/http drops requests
// that it reads after its Shutdown has begun, so that one waits for who came in.
type door struct {
	*net.TCPListener
	// unmet are the connections that were let in and whose first request has not
	// come to a handler yet.
	unmet atomic.Int64
	// open are all that have not ended.
	open    atomic.Int64
	closing atomic.Bool
	shut    chan struct{} // closed when nobody waits and nobody can come
	closed  chan struct{} // closed by Close
	once    atomic.Bool
	last    net.Conn // ours, in the last place; set before shut is closed
}

func newDoor(l *net.TCPListener) *door {
	return &door{TCPListener: l, shut: make(chan struct{}), closed: make(chan struct{})}
}

// quiet is how long the queue must have been empty before the door is tried.
const quiet = time.Millisecond

// Accept of net.Listener. While the door closes it takes who waits, and returns
// when it has been closed.
func (d *door) Accept() (net.Conn, error) {
	for {
		conn, err := d.AcceptTCP()
		if err == nil {
			d.unmet.Add(1)
			d.open.Add(1)
			return &visitor{TCPConn: conn, door: d}, nil
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) || !d.closing.Load() {
			return nil, err
		}
		if d.takeLastPlace() {
			close(d.shut)
			<-d.closed
			return nil, net.ErrClosed
		}
		if err := d.SetDeadline(time.Now().Add(quiet)); err != nil {
			return nil, err
		}
	}
}

// takeLastPlace makes the queue one place long and connects to it, and reports
// whether that was in time, before somebody else.
func (d *door) takeLastPlace() bool {
	raw, err := d.SyscallConn()
	if err != nil {
		return true // nothing more can be done
	}
	if err := raw.Control(func(fd uintptr) { _ = syscall.Listen(int(fd), 0) }); err != nil {
		return true
	}
	address := d.Addr().(*net.TCPAddr)
	to := net.TCPAddr{IP: address.IP, Port: address.Port, Zone: address.Zone}
	if to.IP.IsUnspecified() {
		to.IP = net.IPv6loopback
		if address.IP.To4() != nil {
			to.IP = net.IPv4(127, 0, 0, 1)
		}
	}
	ours, err := (&net.Dialer{Timeout: 5 * time.Millisecond}).DialContext(context.Background(), "tcp", to.String())
	if err != nil {
		return false
	}
	d.last = ours
	return true
}

// close lets in who waits and returns when nobody else can come, or after
// doorPatience: then who comes late may be reset, as with any other server.
func (d *door) close() {
	d.closing.Store(true)
	if err := d.SetDeadline(time.Now().Add(quiet)); err != nil {
		return
	}
	patience := time.After(doorPatience)
	select {
	case <-d.shut:
	case <-patience:
		return
	}
	for d.unmet.Load() > 0 {
		select {
		case <-time.After(quiet):
		case <-patience:
			return
		}
	}
}

// empty returns when every connection has ended, or after so long.
func (d *door) empty(most time.Duration) {
	for end := time.Now().Add(most); d.open.Load() > 0 && time.Now().Before(end); {
		time.Sleep(quiet)
	}
}

// visitor is a connection that was let in. It is a TCPConn for what net/http can
// do with those alone: files are sent by the kernel.
type visitor struct {
	*net.TCPConn
	door *door
	met  atomic.Bool
	gone atomic.Bool
}

type visitorKey struct{}

// meet notes that the first request has come to a handler, or never will.
func (v *visitor) meet() {
	if !v.met.Load() && !v.met.Swap(true) {
		v.door.unmet.Add(-1)
	}
}

// Close of net.Conn.
func (v *visitor) Close() error {
	v.meet()
	if !v.gone.Swap(true) {
		v.door.open.Add(-1)
	}
	return v.TCPConn.Close()
}

// remember is http.Server.ConnContext.
func (d *door) remember(ctx context.Context, conn net.Conn) context.Context {
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = secure.NetConn()
	}
	if v, ok := conn.(*visitor); ok {
		return context.WithValue(ctx, visitorKey{}, v)
	}
	return ctx
}

// greet meets the connection of each request.
func (d *door) greet(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if v, ok := r.Context().Value(visitorKey{}).(*visitor); ok {
			v.meet()
		}
		next.ServeHTTP(w, r)
	})
}

// doorPatience is for a server whose queue is never empty.
const doorPatience = time.Second

// Close of net.Listener.
func (d *door) Close() error {
	if d.once.CompareAndSwap(false, true) {
		close(d.closed)
	}
	err := d.TCPListener.Close()
	select {
	case <-d.shut:
		if d.last != nil {
			_ = d.last.Close()
		}
	default:
	}
	return err
}
