// The files of rules/permission/ as they are, between two symbols each. Paths begin at the root of
// the repository.
    .section .rodata

    .global musubi_permission_codes_begin
    .global musubi_permission_codes_end
musubi_permission_codes_begin:
    .incbin "rules/permission/codes.csv"
musubi_permission_codes_end:

    .global musubi_permission_kinds_begin
    .global musubi_permission_kinds_end
musubi_permission_kinds_begin:
    .incbin "rules/permission/kinds.csv"
musubi_permission_kinds_end:

    .global musubi_permission_facts_begin
    .global musubi_permission_facts_end
musubi_permission_facts_begin:
    .incbin "rules/permission/facts.csv"
musubi_permission_facts_end:

    .global musubi_permission_retention_begin
    .global musubi_permission_retention_end
musubi_permission_retention_begin:
    .incbin "rules/permission/record-retention.csv"
musubi_permission_retention_end:

    .section .note.GNU-stack, "", @progbits
