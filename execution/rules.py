"""The rules of validation, put together once for a server."""

from graphql import (
    ASTValidationRule,
    NoSchemaIntrospectionCustomRule,
    OverlappingFieldsCanBeMergedRule,
    ValidationContext,
    specified_rules,
)


def validation_rules(merge_steps: int, introspection: bool) -> list[type[ASTValidationRule]]:
    """The specified rules with the costly one bounded; without introspection where it is off."""

    class BoundedOverlappingFieldsRule(OverlappingFieldsCanBeMergedRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.rule_context.remaining_complexity_budget = merge_steps

    rules: list[type[ASTValidationRule]] = [
        BoundedOverlappingFieldsRule if rule is OverlappingFieldsCanBeMergedRule else rule
        for rule in specified_rules
    ]
    return rules if introspection else [*rules, NoSchemaIntrospectionCustomRule]
