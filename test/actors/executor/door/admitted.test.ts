import assert from "node:assert/strict";
import { test } from "node:test";
import { isAdmitted, readAdmission, readPlace } from "#actors/executor/door/admitted.ts";
import { isPublicAddress } from "#actors/executor/door/public-address.ts";

/** Whether what is admitted lets an address through. */
function lets(admitted: string, authority: string, usualPort = 443): boolean {
  const [admission, place] = [readAdmission(admitted), readPlace(authority, usualPort)];
  return admission !== undefined && place !== undefined && isAdmitted([admission], place);
}

test("a name lets itself through, on the ports of the web and no other", () => {
  assert.deepEqual(
    [
      "packages.example",
      "Packages.Example.",
      "packages.example:80",
      "packages.example:443",
      "packages.example:22",
      "a.packages.example",
      "packages.example.evil.example",
    ].map((place) => lets("packages.example", place)),
    [true, true, true, true, false, false, false],
  );
});

test("a port that is named is the only one", () => {
  assert.deepEqual(
    ["a.example:8443", "a.example:443"].map((place) => lets("a.example:8443", place)),
    [true, false],
  );
});

test("a star stands for a part of a name and never for an address", () => {
  assert.deepEqual(
    ["deb.example.org", "a.b.example.org", "example.org", "notexample.org", "example.org.evil.example"].map((place) =>
      lets("*.example.org", place),
    ),
    [true, true, false, false, false],
  );
  assert.deepEqual(
    ["packages.example", "93.184.215.14", "[2606:2800::1]", "0x5d.1"].map((place) => lets("*", place)),
    [true, false, false, false],
  );
  assert.equal(lets("93.184.215.14", "93.184.215.14"), true);
});

test("an address is read in one form, however it is written", () => {
  const names = ["2130706433:80", "0x7f.1:80", "017700000001:80", "127.1:80"].map((each) => readPlace(each, 80)?.name);
  assert.deepEqual(names, ["127.0.0.1", "127.0.0.1", "127.0.0.1", "127.0.0.1"]);
  assert.deepEqual(readPlace("[::1]:8080", 80), { name: "::1", port: 8_080 });
  for (const wrong of ["", "a@b.example:80", "a.example:80/x", "a.example:80?x", "a b:80", "a.example:99999"])
    assert.equal(readPlace(wrong, 80), undefined, wrong);
});

test("what is no name of a host is not admitted", () => {
  for (const wrong of [
    "",
    "a b",
    "http://a.example",
    "a.example/x",
    "a..example",
    "a.example:0",
    "a.example:70000",
    "-a",
  ])
    assert.equal(readAdmission(wrong), undefined, wrong);
});

test("addresses of this host, of neighbours and of translators are not public", () => {
  const inner = [
    ...["127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"],
    ...["100.64.0.1", "192.0.0.8", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1"],
    ...["fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::a00:1", "2002:7f00:1::", "2001:db8::1"],
    ...["::127.0.0.1", "fe80::1%eth0", "localhost", ""],
  ];
  assert.deepEqual(inner.filter(isPublicAddress), []);
  const outer = ["8.8.8.8", "172.32.0.1", "100.128.0.1", "151.101.0.223", "2a04:4e42::223", "2606:4700::1111"];
  assert.deepEqual(outer.filter(isPublicAddress), outer);
});
