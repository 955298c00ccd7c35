package provisioner

// pointing says whether changes of fields are about nothing but the pointer of a
// joint session.
func pointing(fields []FieldChange) bool {
	return false
}
