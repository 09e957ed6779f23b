# SPDX-License-Identifier: GPL-3.0-or-later
# How every room and every test of serin is built: the warnings, the sanitizers, and two helpers.

add_library(serin_flags INTERFACE)
target_compile_definitions(serin_flags INTERFACE _POSIX_C_SOURCE=200809L _XOPEN_SOURCE=700)
# -ffp-contract=off: the same input gives the same bits whether or not the machine has a fused multiply-add.
target_compile_options(serin_flags INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wfloat-conversion -Wdouble-promotion
  -Wswitch-enum -Wformat=2 -Wundef -Wvla -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes -Wcast-qual
  -Wpointer-arith -Wnull-dereference -ffp-contract=off -fno-common)
if(SERIN_SANITIZE)
  target_compile_options(serin_flags INTERFACE -fsanitize=${SERIN_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(serin_flags INTERFACE -fsanitize=${SERIN_SANITIZE})
endif()
if(SERIN_FUZZ)
  # Every room tells the fuzzer which branches an input took; a target alone would leave it blind.
  target_compile_options(serin_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# serin_room(NAME SOURCES file.c... LINK room... PRIVATE library...): one static library, public headers in include/NAME/.
function(serin_room name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/include PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${arg_LINK} PRIVATE serin_flags ${arg_PRIVATE})
endfunction()

# serin_test(ROOM NAME [LINK library...]): tests/ROOM/NAME_test.c becomes the test ROOM.NAME, labelled by its room.
function(serin_test room name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  set(target test_${room}_${name})
  add_executable(${target} ${name}_test.c)
  target_link_libraries(${target} PRIVATE ${room} ${arg_LINK} serin_flags m PkgConfig::cmocka)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/${room})
  target_compile_definitions(${target} PRIVATE SERIN_FIXTURES="${CMAKE_SOURCE_DIR}/fixtures")
  add_test(NAME ${room}.${name} COMMAND ${target})
  set_tests_properties(${room}.${name} PROPERTIES LABELS ${room} TIMEOUT 120)
endfunction()

# serin_fuzz(NAME LINK room...): tests/fuzz/NAME_fuzz.c; with libFuzzer a fuzzer, otherwise a test that replays fixtures/fuzz/NAME.
function(serin_fuzz name)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  add_executable(fuzz_${name} ${name}_fuzz.c $<$<NOT:$<BOOL:${SERIN_FUZZ}>>:${CMAKE_SOURCE_DIR}/tests/fuzz/replay.c>)
  target_link_libraries(fuzz_${name} PRIVATE ${arg_LINK} serin_flags m)
  if(SERIN_FUZZ)
    target_compile_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_test(NAME fuzz.${name} COMMAND fuzz_${name} ${CMAKE_SOURCE_DIR}/fixtures/fuzz/${name})
    set_tests_properties(fuzz.${name} PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
endfunction()

# serin_static(NAME library...): PkgConfig-like target PkgConfig::NAME that links the archives, or the shared libraries where
# a system has no archives.
function(serin_static name)
  add_library(PkgConfig::${name} INTERFACE IMPORTED GLOBAL)
  foreach(library ${ARGN})
    find_library(${library}_file NAMES lib${library}.a ${library} REQUIRED)
    target_link_libraries(PkgConfig::${name} INTERFACE ${${library}_file})
  endforeach()
endfunction()

# serin_static_cxx(NAME): PkgConfig::NAME is an archive of C++ objects; gives it the C++ runtime as an archive too, where there is one.
function(serin_static_cxx name)
  execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=libstdc++.a OUTPUT_VARIABLE runtime OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(IS_ABSOLUTE "${runtime}" AND EXISTS "${runtime}")
    target_link_libraries(PkgConfig::${name} INTERFACE ${runtime} m)
    target_link_options(PkgConfig::${name} INTERFACE -static-libgcc)
  else()
    target_link_libraries(PkgConfig::${name} INTERFACE stdc++ m)
  endif()
endfunction()
