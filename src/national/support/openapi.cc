// The same text as docs/formats/openapi/support.json; a test holds them equal.
#include "national/support/openapi.h"

namespace musubi::national::support {

std::string_view OpenApiDocument() {
  return R"json({
 "openapi": "3.1.0",
 "info": {
  "title": "support: 運用支援環境",
  "version": "1",
  "description": "Stand-in. The gateway from the hub to jlis; keeps nothing."
 },
 "paths": {
  "/v1/acquisitions": {
   "post": {
    "summary": "Passes questions to jlis and answers back",
    "description": "Caller: hub. Safe to repeat under the same key. 503 while the next system cannot be reached.",
    "parameters": [
     {
      "$ref": "#/components/parameters/IdempotencyKey"
     }
    ],
    "requestBody": {
     "required": true,
     "content": {
      "text/csv": {
       "schema": {
        "$ref": "#/components/schemas/Questions"
       }
      }
     }
    },
    "responses": {
     "200": {
      "description": "One line per line, same order",
      "content": {
       "text/csv": {
        "schema": {
         "$ref": "#/components/schemas/Answers"
        }
       }
      }
     },
     "400": {
      "$ref": "#/components/responses/Problem"
     },
     "403": {
      "$ref": "#/components/responses/Problem"
     },
     "413": {
      "$ref": "#/components/responses/Problem"
     },
     "500": {
      "$ref": "#/components/responses/Problem"
     },
     "503": {
      "$ref": "#/components/responses/Problem"
     },
     "504": {
      "$ref": "#/components/responses/Problem"
     }
    }
   }
  },
  "/v1/resident-queries": {
   "post": {
    "summary": "Finds residents by five attributes",
    "description": "Caller: insurer or hub. At most 20000 lines. Changes nothing, safe to repeat. 503 while the next system cannot be reached or the match index is not loaded.",
    "parameters": [
     {
      "$ref": "#/components/parameters/IdempotencyKey"
     }
    ],
    "requestBody": {
     "required": true,
     "content": {
      "text/csv": {
       "schema": {
        "$ref": "#/components/schemas/ResidentQueries"
       }
      }
     }
    },
    "responses": {
     "200": {
      "description": "One line per line, same order",
      "content": {
       "text/csv": {
        "schema": {
         "$ref": "#/components/schemas/ResidentAnswers"
        }
       }
      }
     },
     "400": {
      "$ref": "#/components/responses/Problem"
     },
     "403": {
      "$ref": "#/components/responses/Problem"
     },
     "413": {
      "$ref": "#/components/responses/Problem"
     },
     "500": {
      "$ref": "#/components/responses/Problem"
     },
     "503": {
      "$ref": "#/components/responses/Problem"
     },
     "504": {
      "$ref": "#/components/responses/Problem"
     }
    }
   }
  },
  "/v1/verifications": {
   "post": {
    "summary": "Does a number belong to this person?",
    "description": "Caller: insurer or hub. At most 20000 lines. Changes nothing, safe to repeat. 503 while the next system cannot be reached or the match index is not loaded.",
    "parameters": [
     {
      "$ref": "#/components/parameters/IdempotencyKey"
     }
    ],
    "requestBody": {
     "required": true,
     "content": {
      "text/csv": {
       "schema": {
        "$ref": "#/components/schemas/VerificationQueries"
       }
      }
     }
    },
    "responses": {
     "200": {
      "description": "One line per line, same order",
      "content": {
       "text/csv": {
        "schema": {
         "$ref": "#/components/schemas/VerificationAnswers"
        }
       }
      }
     },
     "400": {
      "$ref": "#/components/responses/Problem"
     },
     "403": {
      "$ref": "#/components/responses/Problem"
     },
     "413": {
      "$ref": "#/components/responses/Problem"
     },
     "500": {
      "$ref": "#/components/responses/Problem"
     },
     "503": {
      "$ref": "#/components/responses/Problem"
     },
     "504": {
      "$ref": "#/components/responses/Problem"
     }
    }
   }
  }
 },
 "components": {
  "schemas": {
   "Questions": {
    "type": "string",
    "description": "<processing number>,<birth date YYYY-MM-DD>,<individual number>; at most 100000. Lines end in CRLF; no heading.",
    "examples": [
     "00112233445566778899aabbccddeeff,1979-03-12,<12 digits>\r\n"
    ]
   },
   "Answers": {
    "type": "string",
    "description": "<processing number>,<linked | not-found | birth-date-differs | superseded | resident-gone | restricted | expired | bad-format>. Lines end in CRLF; no heading.",
    "examples": [
     "00112233445566778899aabbccddeeff,linked\r\n"
    ]
   },
   "ResidentQueries": {
    "type": "string",
    "description": "<reference>,<name>,<kana>,<birth date>,<sex>,<address>; RFC 4180 quoting, CRLF, no heading.",
    "examples": [
     "P0000000001,架空 花子,カクウ ハナコ,1979-03-12,2,架空県見本市1-2-3\r\n"
    ]
   },
   "ResidentAnswers": {
    "type": "string",
    "description": "<reference>,<agree | notation | partial | multiple | none | restricted | gone | invalid>,<individual number, with agree only>,<attributes>,<rules>,<characters>",
    "examples": [
     "P0000000001,notation,,name:notation kana:agree birth-date:agree sex:agree address:agree,kanji-variant,高/髙\r\n"
    ]
   },
   "VerificationQueries": {
    "type": "string",
    "description": "<reference>,<individual number>,<name>,<kana>,<birth date>,<sex>,<address>; RFC 4180 quoting, CRLF, no heading.",
    "examples": [
     "P0000000001,<12 digits>,架空 花子,カクウ ハナコ,1979-03-12,2,架空県見本市1-2-3\r\n"
    ]
   },
   "VerificationAnswers": {
    "type": "string",
    "description": "<reference>,<agree | notation | name-differs | kana-differs | address-differs | birth-date-differs | sex-differs | number-unknown | superseded | gone | restricted | invalid>,<attributes>,<rules>,<characters>",
    "examples": [
     "P0000000001,agree,,,\r\n"
    ]
   },
   "Problem": {
    "type": "object",
    "required": [
     "type",
     "title",
     "status"
    ],
    "properties": {
     "type": {
      "type": "string",
      "pattern": "^urn:musubi:problem:"
     },
     "title": {
      "type": "string"
     },
     "status": {
      "type": "integer"
     },
     "detail": {
      "type": "string"
     },
     "advice": {
      "type": "string"
     }
    }
   }
  },
  "parameters": {
   "IdempotencyKey": {
    "name": "Idempotency-Key",
    "in": "header",
    "required": true,
    "description": "The same key with the same body gets the same answer",
    "schema": {
     "type": "string",
     "minLength": 1,
     "maxLength": 200
    }
   }
  },
  "responses": {
   "Problem": {
    "description": "An RFC 9457 problem document: a place, never a value",
    "content": {
     "application/problem+json": {
      "schema": {
       "$ref": "#/components/schemas/Problem"
      }
     }
    }
   }
  },
  "securitySchemes": {
   "mutualTLS": {
    "type": "mutualTLS"
   }
  }
 },
 "security": [
  {
   "mutualTLS": []
  }
 ]
}
)json";
}

}  // namespace musubi::national::support
