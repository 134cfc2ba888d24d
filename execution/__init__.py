"""How an operation runs, whatever the schema: admission, preparation, execution, bytes."""
