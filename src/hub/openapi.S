// docs/formats/openapi/hub.json, inside the program.
        .section .rodata
        .global musubi_hub_openapi_begin
        .global musubi_hub_openapi_end
musubi_hub_openapi_begin:
        .incbin "docs/formats/openapi/hub.json"
musubi_hub_openapi_end:
        .section .note.GNU-stack, "", @progbits
