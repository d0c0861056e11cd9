// docs/formats/openapi/support.json, inside the program.
        .section .rodata
        .global musubi_support_openapi_begin
        .global musubi_support_openapi_end
musubi_support_openapi_begin:
        .incbin "docs/formats/openapi/support.json"
musubi_support_openapi_end:
        .section .note.GNU-stack, "", @progbits
