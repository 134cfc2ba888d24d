"""The rules of validation, put together once for a server."""

from graphql import (
    ASTValidationRule,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OverlappingFieldsCanBeMergedRule,
    SelectionSetNode,
    ValidationContext,
    specified_rules,
)

from execution.limits import beyond


def validation_rules(merge_steps: int, introspection: bool) -> list[type[ASTValidationRule]]:
    """The specified rules with the costly one bounded; without introspection where it is off."""

    class BoundedOverlappingFieldsRule(OverlappingFieldsCanBeMergedRule):
        def __init__(self, context: ValidationContext) -> None:
            super().__init__(context)
            self.rule_context.remaining_complexity_budget = merge_steps

        def enter_selection_set(self, selection_set: SelectionSetNode, *args: object) -> None:
            try:
                super().enter_selection_set(selection_set, *args)
            except GraphQLError:
                if self.rule_context.remaining_complexity_budget < 0:
                    raise beyond("merge_steps", merge_steps) from None
                raise

    rules: list[type[ASTValidationRule]] = [
        BoundedOverlappingFieldsRule if rule is OverlappingFieldsCanBeMergedRule else rule
        for rule in specified_rules
    ]
    return rules if introspection else [*rules, NoSchemaIntrospectionCustomRule]
