# Every third-party library, from Debian packages; nothing is downloaded at configure time.
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n data)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost 1.81 REQUIRED CONFIG COMPONENTS json url)
find_package(GTest REQUIRED)
find_package(rapidcheck REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(p11kit REQUIRED IMPORTED_TARGET p11-kit-1)
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)

# Flags of our own code live in one target. Third-party headers come in as SYSTEM.
add_library(musubi_flags INTERFACE)
target_compile_options(musubi_flags INTERFACE $<$<COMPILE_LANGUAGE:CXX>:
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor
  -Wimplicit-fallthrough -Wthread-safety $<$<BOOL:${MUSUBI_WERROR}>:-Werror>>)
target_include_directories(musubi_flags INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_definitions(musubi_flags INTERFACE TOML_HEADER_ONLY=0)

# Which libraries a module needs beside the modules its row in layers.txt names.
set(musubi_external_base fmt::fmt Threads::Threads)
set(musubi_external_ops PkgConfig::tomlplusplus spdlog::spdlog Boost::json)
set(musubi_external_text ICU::uc ICU::i18n ICU::data ZLIB::ZLIB PkgConfig::tomlplusplus)
set(musubi_external_rules PkgConfig::tomlplusplus)
set(musubi_external_crypto OpenSSL::Crypto PkgConfig::sodium PkgConfig::p11kit ${CMAKE_DL_LIBS})
set(musubi_external_store SQLite::SQLite3 PostgreSQL::PostgreSQL)
set(musubi_external_http Boost::headers Boost::json Boost::url OpenSSL::SSL)
