"""Operations compiled to Python: what graphql-core's interpreter does, said once per operation."""
