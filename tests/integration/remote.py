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


def fields(message):
    """The fields of a message: number and value, varints as integers, the rest as bytes."""
    at, found = 0, []

    def read():
        nonlocal at
        value = shift = 0
        while True:
            byte = message[at]
            at, value, shift = at + 1, value | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                return value

    while at < len(message):
        key = read()
        if key & 7 == 0:
            found.append((key >> 3, read()))
            continue
        size = read() if key & 7 == 2 else {1: 8, 5: 4}[key & 7]
        found.append((key >> 3, message[at : at + size]))
        at += size
    assert at == len(message)
    return found


def unsnappy(block):
    """What a snappy block holds."""
    at = size = shift = 0
    while True:
        byte = block[at]
        at, size, shift = at + 1, size | (byte & 0x7F) << shift, shift + 7
        if byte < 0x80:
            break
    out = bytearray()
    while at < len(block):
        tag, at = block[at], at + 1
        if tag & 3 == 0:
            length = tag >> 2
            if length >= 60:
                more = length - 59
                length, at = int.from_bytes(block[at : at + more], "little"), at + more
            out += block[at : at + length + 1]
            at += length + 1
            continue
        length = (tag >> 2 & 7) + 4 if tag & 3 == 1 else (tag >> 2) + 1
        more = {1: 1, 2: 2, 3: 4}[tag & 3]
        offset = int.from_bytes(block[at : at + more], "little") + ((tag >> 5) << 8 if tag & 3 == 1 else 0)
        at += more
        for _ in range(length):
            out.append(out[-offset])
    assert len(out) == size
    return bytes(out)


def signed(number):
    return number - (1 << 64) if number >= 1 << 63 else number


def samples_1(body):
    """Labels (as sorted pairs) to samples (ms and 8 bytes) of a request of remote write 1.0."""
    found = {}
    for _, series in fields(unsnappy(body)):
        labels = [tuple(value.decode() for _, value in fields(label)) for number, label in fields(series) if number == 1]
        points = [dict(fields(point)) for number, point in fields(series) if number == 2]
        assert labels == sorted(labels) and tuple(labels) not in found
        found[tuple(labels)] = [(signed(point.get(2, 0)), point.get(1, bytes(8))) for point in points]
    return found


def samples_2(body):
    """The same of 2.0, and the metadata by name: type, help, unit. Checks what the specification asks of symbols and references."""
    request = fields(unsnappy(body))
    symbols = [value.decode() for number, value in request if number == 4]
    assert symbols[0] == "" and len(set(symbols)) == len(symbols)
    found, metadata = {}, {}
    for _, series in (item for item in request if item[0] == 5):
        parts, refs, at = dict(fields(series)), [], 0
        while at < len(parts[1]):
            ref = shift = 0
            while True:
                byte = parts[1][at]
                at, ref, shift = at + 1, ref | (byte & 0x7F) << shift, shift + 7
                if byte < 0x80:
                    break
            refs.append(symbols[ref])
        assert len(refs) % 2 == 0
        labels = list(zip(refs[::2], refs[1::2]))
        assert labels == sorted(labels) and tuple(labels) not in found
        points = [dict(fields(point)) for number, point in fields(series) if number == 2]
        found[tuple(labels)] = [(signed(point.get(2, 0)), point.get(1, bytes(8))) for point in points]
        meta = dict(fields(parts[5]))
        metadata[dict(labels)["__name__"]] = (meta.get(1, 0), symbols[meta.get(3, 0)], symbols[meta.get(4, 0)])
    return found, metadata
