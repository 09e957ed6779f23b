# SPDX-License-Identifier: GPL-3.0-or-later
"""Prometheus' remote protocols from the other side: requests to a server, written by hand so that they share nothing with serin."""

import struct
import urllib.error
import urllib.request


def varint(number):
    out = bytearray()
    number &= (1 << 64) - 1
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def zigzag(number):
    return varint(number << 1 ^ number >> 63)


def number(field, value):
    return varint(field << 3) + varint(value)


def text(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def double(field, value):
    return varint(field << 3 | 1) + struct.pack("<d", value)


def snappy(data):
    """A block of literals only."""
    parts = [data[at : at + 65536] for at in range(0, len(data), 65536)]
    return varint(len(data)) + b"".join(bytes([61 << 2]) + struct.pack("<H", len(part) - 1) + part for part in parts)


def series(labels, points):
    """A TimeSeries; points are samples or histograms, encoded with their field."""
    body = b"".join(text(1, text(1, name) + text(2, value)) for name, value in sorted(labels.items()))
    return text(1, body + b"".join(points))


def sample(time_ms, value):
    return text(2, double(1, value) + number(2, time_ms))


def spans(field, buckets):
    """Spans of the sorted bucket indexes, with no bucket between them left out that is not."""
    out, end, run = b"", 0, []
    for index in sorted(buckets) + [None]:
        if run and (index is None or index != run[-1] + 1):
            out += text(field, varint(1 << 3) + zigzag(run[0] - end) + number(2, len(run)))
            end, run = run[-1] + 1, []
        run.append(index)
    return out


def histogram(time_ms, schema, positive, negative=None, zero=0, total=None, fractional=False, zero_threshold=0.001):
    """positive and negative are counts by bucket index; total is the sum of the observed values."""
    negative = negative or {}
    count = zero + sum(positive.values()) + sum(negative.values())
    out = double(2, count) if fractional else number(1, count)
    out += double(3, total) + varint(4 << 3) + zigzag(schema) + double(5, zero_threshold)
    out += double(7, zero) if fractional else number(6, zero)
    for field, buckets in ((8, negative), (11, positive)):
        counts = [buckets[index] for index in sorted(buckets)]
        out += spans(field, buckets)
        if fractional:
            out += text(field + 2, b"".join(struct.pack("<d", c) for c in counts))
        else:
            out += text(field + 1, b"".join(zigzag(b - a) for a, b in zip([0] + counts, counts)))
    return text(4, out + number(15, time_ms))


def post(url, body, headers):
    """Content type and body of the answer."""
    request = urllib.request.Request(url, snappy(body), {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy", **headers})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.headers.get("Content-Type"), answer.read()
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{error.code}: {error.read().decode()}") from error


def write(url, all_series):
    post(url + "/api/v1/write", b"".join(all_series), {"X-Prometheus-Remote-Write-Version": "0.1.0"})


def read(url, matchers, start_ms, end_ms, kinds):
    """Matchers are triples of type (0 =, 1 !=, 2 =~, 3 !~), name and value; kinds the accepted types of answers."""
    query = number(1, start_ms) + number(2, end_ms)
    query += b"".join(text(3, number(1, kind) + text(2, name) + text(3, value)) for kind, name, value in matchers)
    body = text(1, query) + text(2, bytes(kinds))
    return post(url + "/api/v1/read", body, {"X-Prometheus-Remote-Read-Version": "0.1.0"})
