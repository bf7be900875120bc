package sqlstore

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"github.com/nsbox/nsbox/nsbox/store"
)

const executionColumns = `id, owner_id, owner_name, language, state, verdict, exit_code, code_sha256,
	batch, sandbox, request_id, created, started, finished, wall_ms, cpu_ms, healed, iterations, error_code, error, event_seq`

// maxSearched is how many bytes of the code, and of the other text, a search
// looks through.
const maxSearched = 32 << 10

// searched is the column that a search looks through.
func searched(e store.Execution) string {
	cut := func(s string) string { return s[:min(len(s), maxSearched)] }
	return strings.ToLower(text(cut(e.Code) + "\n" + cut(e.Text)))
}

// PutExecution records an execution that is queued or running.
func (s *Store) PutExecution(ctx context.Context, e store.Execution) error {
	return s.exec(ctx, false, `INSERT INTO executions (`+executionColumns+`, code, search, result)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`,
		append(executionArgs(e), blob(e.Code), searched(e), e.Result)...)
}

func executionArgs(e store.Execution) []any {
	var exit sql.NullInt64
	if e.ExitCode != nil {
		exit = sql.NullInt64{Int64: int64(*e.ExitCode), Valid: true}
	}
	return []any{
		e.ID, e.OwnerID, text(e.OwnerName), text(e.Language), e.State, e.Verdict, exit, e.CodeSHA256,
		e.Batch, e.Sandbox, text(e.RequestID), us(e.Created), us(e.Started), us(e.Finished), e.WallMS, e.CPUMS, e.Healed, e.Iterations,
		e.ErrorCode, text(e.Error), e.EventSeq,
	}
}

// blob keeps an empty string as no value.
func blob(s string) []byte {
	if s == "" {
		return nil
	}
	return []byte(s)
}

// UpdateExecution replaces what is kept of e.ID. Code, owner and the rest of what
// was asked for stay; e.Text is added to what a search looks through.
func (s *Store) UpdateExecution(ctx context.Context, e store.Execution) error {
	var exit sql.NullInt64
	if e.ExitCode != nil {
		exit = sql.NullInt64{Int64: int64(*e.ExitCode), Valid: true}
	}
	return s.exec(ctx, true, `UPDATE executions SET language = $2, state = $3, verdict = $4, exit_code = $5,
		started = $6, finished = $7, wall_ms = $8, cpu_ms = $9, healed = $10, iterations = $11,
		result = $12, error = $13, search = $14, error_code = $15, event_seq = $16 WHERE id = $1`,
		e.ID, text(e.Language), e.State, e.Verdict, exit, us(e.Started), us(e.Finished), e.WallMS, e.CPUMS, e.Healed,
		e.Iterations, e.Result, text(e.Error), searched(e), e.ErrorCode, e.EventSeq)
}

// Execution returns the execution of that id.
func (s *Store) Execution(ctx context.Context, id string) (store.Execution, error) {
	row := s.read.QueryRowContext(ctx, `SELECT `+executionColumns+`, code, result FROM executions WHERE id = $1`, id)
	e, err := scanExecution(row, true)
	return e, found(err)
}

func scanExecution(row scanner, whole bool) (store.Execution, error) {
	var e store.Execution
	var exit sql.NullInt64
	var code []byte
	dest := []any{
		&e.ID, &e.OwnerID, &e.OwnerName, &e.Language, &e.State, &e.Verdict, &exit, &e.CodeSHA256, &e.Batch, &e.Sandbox, &e.RequestID,
		moment{&e.Created}, moment{&e.Started}, moment{&e.Finished}, &e.WallMS, &e.CPUMS, &e.Healed, &e.Iterations, &e.ErrorCode, &e.Error, &e.EventSeq,
	}
	if whole {
		dest = append(dest, &code, &e.Result)
	}
	if err := row.Scan(dest...); err != nil {
		return store.Execution{}, err
	}
	if exit.Valid {
		n := int(exit.Int64)
		e.ExitCode = &n
	}
	e.Code = string(code)
	return e, nil
}

func executionWhere(q store.ExecutionQuery) *where {
	w := &where{}
	w.is("owner_id", q.OwnerID)
	w.is("language", q.Language)
	w.is("verdict", q.Verdict)
	w.is("state", q.State)
	w.is("batch", q.Batch)
	w.is("sandbox", q.Sandbox)
	w.between("created", q.From, q.To)
	if q.Text != "" {
		escape := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
		w.add(`search LIKE ? ESCAPE '\'`, "%"+escape.Replace(strings.ToLower(text(q.Text)))+"%")
	}
	return w
}

// Executions returns what q selects, newest first.
func (s *Store) Executions(ctx context.Context, q store.ExecutionQuery) ([]store.Execution, error) {
	w := executionWhere(q)
	if q.Before != "" {
		w.add("id < ?", q.Before)
	}
	columns := executionColumns
	if q.Results {
		columns += ", code, result"
	}
	query := `SELECT ` + columns + ` FROM executions` + w.String() + ` ORDER BY id DESC` + w.limit(q.Limit)
	var list []store.Execution
	err := s.rows(ctx, s.read, query, w.args, func(row scanner) error {
		e, err := scanExecution(row, q.Results)
		list = append(list, e)
		return err
	})
	return list, err
}

// ExecutionStats returns statistics of what q selects.
func (s *Store) ExecutionStats(ctx context.Context, q store.ExecutionQuery) (store.Stats, error) {
	w := executionWhere(q)
	var st store.Stats
	err := s.read.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN healed THEN 1 ELSE 0 END), 0),
		COALESCE(AVG(CASE WHEN state = 'done' THEN wall_ms END), 0), COALESCE(MAX(wall_ms), 0),
		COALESCE(AVG(CASE WHEN state = 'done' THEN cpu_ms END), 0) FROM executions`+w.String(), w.args...).
		Scan(&st.Executions, &st.Healed, &st.AvgWallMS, &st.MaxWallMS, &st.AvgCPUMS)
	if err != nil {
		return store.Stats{}, err
	}
	for _, g := range []struct {
		column string
		to     *[]store.Count
	}{{"verdict", &st.Verdicts}, {"language", &st.Languages}, {"state", &st.States}} {
		*g.to = []store.Count{}
		query := `SELECT ` + g.column + `, COUNT(*) FROM executions` + w.String() + ` GROUP BY ` + g.column + ` ORDER BY 2 DESC, 1`
		err := s.rows(ctx, s.read, query, w.args, func(row scanner) error {
			var c store.Count
			err := row.Scan(&c.Value, &c.Count)
			if c.Value != "" {
				*g.to = append(*g.to, c)
			}
			return err
		})
		if err != nil {
			return store.Stats{}, err
		}
	}
	return st, nil
}

// LoseExecutions marks what is queued or running as lost.
func (s *Store) LoseExecutions(ctx context.Context, now time.Time, reason string) ([]store.Execution, error) {
	var list []store.Execution
	err := s.change(ctx, func(ctx context.Context, db execer) error {
		list = nil
		return s.rows(ctx, db, `UPDATE executions SET state = 'lost', finished = $1, error = $2, error_code = 'lost'
			WHERE state IN ('queued', 'running') RETURNING `+executionColumns, []any{us(now), text(reason)},
			func(row scanner) error {
				e, err := scanExecution(row, false)
				list = append(list, e)
				return err
			})
	})
	return list, err
}

// PruneExecutions deletes old executions.
func (s *Store) PruneExecutions(ctx context.Context, before time.Time, keep int64, limit int) ([]string, error) {
	var gone []string
	err := s.change(ctx, func(ctx context.Context, db execer) error {
		gone = nil
		add := func(row scanner) error {
			var id string
			err := row.Scan(&id)
			gone = append(gone, id)
			return err
		}
		err := s.rows(ctx, db, `DELETE FROM executions WHERE id IN (SELECT id FROM executions
			WHERE created < $1 AND state IN ('done', 'lost') ORDER BY created LIMIT $2) RETURNING id`, []any{us(before), limit}, add)
		if err != nil || keep <= 0 || len(gone) >= limit {
			return err
		}
		return s.rows(ctx, db, `DELETE FROM executions WHERE id IN (SELECT id FROM executions
			WHERE state IN ('done', 'lost') ORDER BY id DESC LIMIT $1 OFFSET $2) RETURNING id`, []any{limit - len(gone), keep}, add)
	})
	return gone, err
}
