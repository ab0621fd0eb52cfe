namespace PteGuard.Runtime.Tests;

/// <summary>
/// What the arm64 guest runs, as machine code at its reset vector. It goes down to EL1, turns translation on and goes to its place
/// in the upper half of addresses, which TTBR1_EL1 translates; the tables that are judged are TTBR0_EL1's.
/// </summary>
internal static class Arm64Program
{
    /// <summary>What all exceptions of EL1 are to branch to.</summary>
    public const ulong Exception = 0x110;

    public static ReadOnlySpan<uint> Code =>
    [
        // start:
        0xd2900014, // 0: mov x20, #0x8000
        0xd2808620, // 4: mov x0, #0x431
        0xd51e1100, // 8: msr scr_el3, x0
        0xd28078a0, // c: mov x0, #0x3c5
        0xd51e4000, // 10: msr spsr_el3, x0
        0x100000c0, // 14: adr x0, el1
        0xd51e4020, // 18: msr elr_el3, x0
        0xd51e115f, // 1c: msr cptr_el3, xzr
        0xd2b00000, // 20: mov x0, #0x80000000
        0xd51c1100, // 24: msr hcr_el2, x0
        0xd69f03e0, // 28: eret
        // el1:
        0xf9402280, // 2c: ldr x0, [x20, #64]
        0xd5182040, // 30: msr tcr_el1, x0
        0xf9402680, // 34: ldr x0, [x20, #72]
        0xd518a200, // 38: msr mair_el1, x0
        0xf9402a80, // 3c: ldr x0, [x20, #80]
        0xd5182020, // 40: msr ttbr1_el1, x0
        0xd5182000, // 44: msr ttbr0_el1, x0
        0xf9402e93, // 48: ldr x19, [x20, #88]
        0x91400e60, // 4c: add x0, x19, #0x3, lsl #12
        0xd518c000, // 50: msr vbar_el1, x0
        0xd500409f, // 54: msr pan, #0x0
        0xd5033fdf, // 58: isb
        0xf9403280, // 5c: ldr x0, [x20, #96]
        0x100000c1, // 60: adr x1, high
        0x8b130021, // 64: add x1, x1, x19
        0x8b130294, // 68: add x20, x20, x19
        0xd5181000, // 6c: msr sctlr_el1, x0
        0xd5033fdf, // 70: isb
        0xd61f0020, // 74: br x1
        // high:
        0xf9403680, // 78: ldr x0, [x20, #104]
        0xd5182040, // 7c: msr tcr_el1, x0
        0xd5033fdf, // 80: isb
        // idle:
        0xf9400280, // 84: ldr x0, [x20]
        0xf9400681, // 88: ldr x1, [x20, #8]
        0xeb01001f, // 8c: cmp x0, x1
        0x54ffffa0, // 90: b.eq idle
        0xd5033fbf, // 94: dmb sy
        0xf9400a80, // 98: ldr x0, [x20, #16]
        0xd5182000, // 9c: msr ttbr0_el1, x0
        0xd5033fdf, // a0: isb
        0xf9400e96, // a4: ldr x22, [x20, #24]
        0x91440275, // a8: add x21, x19, #0x100, lsl #12
        // next:
        0xb4000456, // ac: cbz x22, finished
        0xd10006d6, // b0: sub x22, x22, #0x1
        0xd508871f, // b4: tlbi vmalle1
        0xd5033f9f, // b8: dsb sy
        0xd5033fdf, // bc: isb
        0xa9400aa1, // c0: ldp x1, x2, [x21]
        0xf9400aa0, // c4: ldr x0, [x21, #16]
        0x37080182, // c8: tbnz w2, #1, fetch
        0x370000c2, // cc: tbnz w2, #0, store
        0x37100062, // d0: tbnz w2, #2, loaduser
        0xf9400020, // d4: ldr x0, [x1]
        0xd4200000, // d8: brk #0x0
        // loaduser:
        0xf8400820, // dc: ldtr x0, [x1]
        0xd4200000, // e0: brk #0x0
        // store:
        0x37100062, // e4: tbnz w2, #2, storeuser
        0xf9000020, // e8: str x0, [x1]
        0xd4200000, // ec: brk #0x0
        // storeuser:
        0xf8000820, // f0: sttr x0, [x1]
        0xd4200000, // f4: brk #0x0
        // fetch:
        0xd2807803, // f8: mov x3, #0x3c0
        0x37100042, // fc: tbnz w2, #2, fetch+0xc
        0xd28078a3, // 100: mov x3, #0x3c5
        0xd5184003, // 104: msr spsr_el1, x3
        0xd5184021, // 108: msr elr_el1, x1
        0xd69f03e0, // 10c: eret
        // exception:
        0xf9000aa0, // 110: str x0, [x21, #16]
        0xd5385200, // 114: mrs x0, esr_el1
        0xf9000ea0, // 118: str x0, [x21, #24]
        0xd5384020, // 11c: mrs x0, elr_el1
        0xf90012a0, // 120: str x0, [x21, #32]
        0xd5386000, // 124: mrs x0, far_el1
        0xf90016a0, // 128: str x0, [x21, #40]
        0x910102b5, // 12c: add x21, x21, #0x40
        0x17ffffdf, // 130: b next
        // finished:
        0xf9402a80, // 134: ldr x0, [x20, #80]
        0xd5182000, // 138: msr ttbr0_el1, x0
        0xd5033fdf, // 13c: isb
        0xf9400280, // 140: ldr x0, [x20]
        0xf9000680, // 144: str x0, [x20, #8]
        0xd5033fbf, // 148: dmb sy
        0x17ffffce, // 14c: b idle
    ];
}
