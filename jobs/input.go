package jobs

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"augur"
	"augur/ent"
)

// row is one row of a job's input: a JSON object, or why there is none.
type row struct {
	text json.RawMessage
	err  *augur.Error
}

// source reads the rows of a job, in their order.
type source interface {
	// next returns at most n further rows, and none at the end. They are good
	// until the next call.
	next(n int) ([]row, error)
	// position is where the next row begins, for the source of a job that goes on.
	position() int64
	close()
}

// open opens the input of a job where it stands. The error is of the file as a
// whole: NotFound, or InvalidArgument for one that is not of its format.
func (q *Queue) open(ctx context.Context, j *ent.PredictionJob, signature *augur.Signature) (source, error) {
	if j.File == nil {
		var rows []json.RawMessage
		if err := json.Unmarshal([]byte(j.Input), &rows); err != nil {
			return nil, augur.Wrap(augur.Internal, err, "internal error")
		}
		return &given{rows: rows, at: int(j.Position)}, nil
	}
	return q.openFile(ctx, *j.File, *j.Format, signature, j.Position)
}

func (q *Queue) openFile(ctx context.Context, digest augur.Digest, format augur.TableFormat, signature *augur.Signature, position int64) (source, error) {
	path, release, err := q.deps.Files.Open(ctx, digest)
	if err != nil {
		return nil, augur.AsError(err).At("file", "digest")
	}
	f, err := os.Open(path)
	if err != nil {
		release()
		return nil, augur.Wrap(augur.Internal, err, "internal error")
	}
	closing := func() { _ = f.Close(); release() }
	var s source
	switch format {
	case augur.FormatCSV:
		s, err = openCSV(f, closing, signature, position)
	default:
		s, err = openLines(f, closing, position)
	}
	if err != nil {
		closing()
		return nil, err
	}
	return s, nil
}

// given are rows that came with the job.
type given struct {
	rows []json.RawMessage
	at   int
}

func (g *given) next(n int) ([]row, error) {
	n = min(n, len(g.rows)-g.at)
	out := make([]row, n)
	for i := range out {
		out[i].text = g.rows[g.at+i]
	}
	g.at += n
	return out, nil
}

func (g *given) position() int64 { return int64(g.at) }

func (g *given) close() {}

// maxLine bounds one row of a file.
const maxLine = 16 << 20

// lines reads JSON Lines. Lines without text are no rows.
type lines struct {
	in   *bufio.Reader
	at   int64
	rows []row
	done func()
}

func openLines(f io.ReadSeeker, closing func(), position int64) (source, error) {
	if _, err := f.Seek(position, io.SeekStart); err != nil {
		return nil, augur.Wrap(augur.Internal, err, "internal error")
	}
	return &lines{in: bufio.NewReaderSize(f, 1<<18), at: position, done: closing}, nil
}

func (l *lines) next(n int) ([]row, error) {
	l.rows = l.rows[:0]
	for atEnd := false; len(l.rows) < n && !atEnd; {
		line, tooLong, err := l.line()
		if atEnd = errors.Is(err, io.EOF); err != nil && !atEnd {
			return nil, augur.Wrap(augur.Unavailable, err, "the file cannot be read")
		}
		switch text := bytes.TrimSpace(line); {
		case tooLong:
			l.rows = append(l.rows, row{err: augur.Errorf(augur.InvalidArgument, "expected at most %d bytes in a line", maxLine)})
		case len(text) == 0:
		default:
			l.rows = append(l.rows, row{text: text})
		}
	}
	return l.rows, nil
}

// line reads one line into memory of its own.
func (l *lines) line() (line []byte, tooLong bool, err error) {
	for {
		part, err := l.in.ReadSlice('\n')
		l.at += int64(len(part))
		if tooLong = tooLong || len(line)+len(part) > maxLine; !tooLong {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, tooLong, err
		}
	}
}

func (l *lines) position() int64 { return l.at }

func (l *lines) close() { l.done() }

// table reads CSV whose first line names features.
type table struct {
	in    *csv.Reader
	base  int64    // where in began to read
	names [][]byte // each quoted, with a colon
	texts []bool   // the features that are strings
	buf   []byte
	ends  []int
	rows  []row
	done  func()
}

// byteOrderMark is what some programs begin a file with.
const byteOrderMark = "\uFEFF"

// openCSV reads the first line, and goes on where position says. The error is
// InvalidArgument for names that are no features of the signature.
func openCSV(f io.ReadSeeker, closing func(), signature *augur.Signature, position int64) (source, error) {
	header := csv.NewReader(io.LimitReader(f, maxLine))
	names, err := header.Read()
	if err != nil {
		return nil, augur.Errorf(augur.InvalidArgument, "expected CSV whose first line names features").At("file")
	}
	names = slices.Clone(names)
	names[0] = strings.TrimPrefix(names[0], byteOrderMark)
	t := &table{done: closing}
	for i, name := range names {
		name = strings.TrimSpace(name)
		at := slices.IndexFunc(signature.Features, func(f augur.Feature) bool { return f.Name == name })
		if at < 0 {
			var known []string
			for _, f := range signature.Features {
				known = append(known, f.Name)
			}
			return nil, augur.Errorf(augur.InvalidArgument, "column %d is named %q, which is no feature of this version (it has %s)", i+1, name, strings.Join(known, ", ")).At("file")
		}
		if slices.Contains(names[:i], names[i]) {
			return nil, augur.Errorf(augur.InvalidArgument, "two columns are named %q", name).At("file")
		}
		t.names = append(t.names, append(augur.AppendQuoted(nil, name), ':'))
		t.texts = append(t.texts, signature.Features[at].DType == augur.String)
	}
	t.base = max(position, header.InputOffset())
	if _, err := f.Seek(t.base, io.SeekStart); err != nil {
		return nil, augur.Wrap(augur.Internal, err, "internal error")
	}
	t.in = csv.NewReader(bufio.NewReaderSize(f, 1<<18))
	t.in.ReuseRecord, t.in.FieldsPerRecord = true, -1
	return t, nil
}

func (t *table) next(n int) ([]row, error) {
	t.rows, t.buf, t.ends = t.rows[:0], t.buf[:0], t.ends[:0]
	for len(t.rows) < n {
		cells, err := t.in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var r row
		switch _, malformed := errors.AsType[*csv.ParseError](err); {
		case malformed:
			r.err = augur.Errorf(augur.InvalidArgument, "the line is not CSV: %s", err.(*csv.ParseError).Err) //nolint:errorlint // it is one
		case err != nil:
			return nil, augur.Wrap(augur.Unavailable, err, "the file cannot be read")
		case len(cells) != len(t.names):
			r.err = augur.Errorf(augur.InvalidArgument, "expected %d cells, got %d", len(t.names), len(cells))
		default:
			t.object(cells)
		}
		t.rows, t.ends = append(t.rows, r), append(t.ends, len(t.buf))
	}
	// The buffer has stopped moving.
	begin := 0
	for i, end := range t.ends {
		if t.rows[i].err == nil {
			t.rows[i].text = t.buf[begin:end:end]
		}
		begin = end
	}
	return t.rows, nil
}

// object writes a line as a JSON object. A cell without text is a feature that
// the row does not have; what is not a number, true, false or a list is text,
// which the version takes or refuses.
func (t *table) object(cells []string) {
	t.buf = append(t.buf, '{')
	first := true
	for i, cell := range cells {
		if cell == "" && !t.texts[i] {
			continue
		}
		if !first {
			t.buf = append(t.buf, ',')
		}
		first = false
		t.buf = append(t.buf, t.names[i]...)
		if t.texts[i] || !plain(cell) {
			t.buf = augur.AppendQuoted(t.buf, cell)
		} else {
			t.buf = append(t.buf, cell...)
		}
	}
	t.buf = append(t.buf, '}')
}

// plain says whether a cell is JSON as it stands.
func plain(cell string) bool {
	digits, dots := 0, 0
	for i := range len(cell) {
		switch c := cell[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && digits > 0 && dots == 0 && i < len(cell)-1:
			dots++
		case c == '-' && i == 0:
		default:
			return json.Valid([]byte(cell)) && cell[0] != '"'
		}
	}
	lead := strings.TrimPrefix(cell, "-")
	return digits > 0 && (lead[0] != '0' || len(lead) == 1 || lead[1] == '.')
}

func (t *table) position() int64 { return t.base + t.in.InputOffset() }

func (t *table) close() { t.done() }

// writeWhole is the form in which columns or tensors are kept; readWhole reads it.
func writeWhole(data augur.Data) string {
	if data.Columns != nil {
		return string(data.Columns)
	}
	out := []byte{'['}
	for i, in := range data.Tensors {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(augur.AppendQuoted(append(out, `{"name":`...), in.Name), `,"value":`...)
		out = append(augur.AppendValueJSON(out, in.Given()), '}')
	}
	return string(append(out, ']'))
}

func readWhole(text string) (augur.Data, error) {
	if !strings.HasPrefix(text, "[") {
		return augur.Data{Columns: json.RawMessage(text)}, nil
	}
	var list []struct {
		Name  string
		Value json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return augur.Data{}, augur.Wrap(augur.Internal, err, "internal error")
	}
	var data augur.Data
	for i, in := range list {
		v, err := augur.DecodeValueJSON(in.Value)
		if err != nil {
			return data, augur.AsError(err).At("data", "tensors", strconv.Itoa(i))
		}
		nt := augur.NamedTensor{Name: in.Name, Tensor: v.Tensor}
		if v.Tensor == nil {
			nt.Value = &v
		}
		data.Tensors = append(data.Tensors, nt)
	}
	return data, nil
}
