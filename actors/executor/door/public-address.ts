import { BlockList, isIPv4, isIPv6 } from "node:net";

/** What is not of the public network: this host, its neighbours, and ranges that lead to them by translation. Source: RFC 6890. */
const PRIVATE_V4 = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"],
  ...["192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
  ...["224.0.0.0/4", "240.0.0.0/4"],
];

/** Of IPv6 only what is given out to the public is public, and of that not what carries another address in itself. */
const PUBLIC_V6 = ["2000::/3"];
const PRIVATE_V6 = ["2001::/32", "2001:10::/28", "2001:20::/28", "2001:db8::/32", "2002::/16", "3fff::/20"];

const privateV4 = listOf(PRIVATE_V4, "ipv4");
const publicV6 = listOf(PUBLIC_V6, "ipv6");
const privateV6 = listOf(PRIVATE_V6, "ipv6");

/** Whether an address is one of the public network. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !privateV4.check(address, "ipv4");
  return isIPv6(address) && publicV6.check(address, "ipv6") && !privateV6.check(address, "ipv6");
}

function listOf(ranges: readonly string[], family: "ipv4" | "ipv6"): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = "", bits = ""] = range.split("/");
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}
