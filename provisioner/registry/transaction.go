package registry

import (
	"context"
	"database/sql"
)

// transaction is one of SQLite's. A statement that has begun is brought to its end,
// whatever becomes of its context: they take milliseconds, and one that the driver
// interrupts is never let go of, so that it would keep the file locked for as long
// as the process lives. Once the context has ended, no statement begins.
type transaction struct{ tx *sql.Tx }

// beginner is a *sql.DB or a *sql.Conn.
type beginner interface {
	BeginTx(ctx context.Context, o *sql.TxOptions) (*sql.Tx, error)
}

// begin begins a transaction; o may be nil. SQLite waits for another one, for as
// long as patience says.
func begin(ctx context.Context, on beginner, o *sql.TxOptions) (transaction, error) {
	if ctx.Err() != nil {
		return transaction{}, context.Cause(ctx)
	}
	tx, err := on.BeginTx(context.WithoutCancel(ctx), o)
	return transaction{tx}, err
}

// ExecContext is that of sql.Tx.
func (t transaction) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return t.tx.ExecContext(context.WithoutCancel(ctx), query, args...)
}

// QueryContext is that of sql.Tx.
func (t transaction) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return t.tx.QueryContext(context.WithoutCancel(ctx), query, args...)
}

// QueryRowContext is that of sql.Tx. It begins even when ctx has ended.
func (t transaction) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(context.WithoutCancel(ctx), query, args...)
}

// Commit is that of sql.Tx. What ctx cut off before it is not committed.
func (t transaction) Commit(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return t.tx.Commit()
}

// Rollback is that of sql.Tx.
func (t transaction) Rollback() error { return t.tx.Rollback() }
