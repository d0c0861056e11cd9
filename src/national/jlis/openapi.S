// docs/formats/openapi/jlis.json, inside the program.
        .section .rodata
        .global musubi_jlis_openapi_begin
        .global musubi_jlis_openapi_end
musubi_jlis_openapi_begin:
        .incbin "docs/formats/openapi/jlis.json"
musubi_jlis_openapi_end:
        .section .note.GNU-stack, "", @progbits
