// docs/formats/openapi/institution.json, inside the program.
        .section .rodata
        .global musubi_institution_openapi_begin
        .global musubi_institution_openapi_end
musubi_institution_openapi_begin:
        .incbin "docs/formats/openapi/institution.json"
musubi_institution_openapi_end:
        .section .note.GNU-stack, "", @progbits
