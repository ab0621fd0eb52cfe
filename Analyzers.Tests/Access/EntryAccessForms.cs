namespace PteGuard.Analyzers.Tests;

/// <summary>
/// Every form in which C# touches what is behind a pointer, one a line. Markup says what it is: R(ead),
/// W(rite), M (read-modify-write), L(ockless read), E(scape); an address-only form has none. A new form is one more line.
/// </summary>
internal static class EntryAccessForms
{
    /// <summary>Forms that are the same for a struct and for a raw word; <c>E</c> is the entry's type.</summary>
    private static readonly string[] s_common =
    [
        // Reads.
        "E a = {|R:*p|};",
        "E a = {|R:p[i]|};",
        "E a = {|R:*(p + i)|};",
        "E a = ({|R:*p|});",
        "E a = checked({|R:*p|});",
        "E a = ({|R:*p|})!;",
        "E a = {|R:*p++|};",
        "E a = {|R:*++p|};",
        "E a = {|R:p[i++]|};",
        "E a = c ? {|R:*p|} : {|R:*q|};",
        "E a = {|R:**pp|};",
        "E a = {|R:pp[i][i]|};",
        "E a = {|R:*pp[i]|};",
        "E a = {|R:*&*p|};",
        "E a = {|R:*(E*)(void*)p|};",
        "E a = {|R:*(E*)(nint)p|};",
        "E a = {|R:*(E*)((ulong)p + 8)|};",
        "E a = {|R:(c ? p : q)[i]|};",
        "_ = {|R:*p|};",
        "object o = {|R:*p|};",
        "dynamic d = {|R:*p|};",
        "dynamic d = null; d.M({|R:*p|});",
        "string s = $\"{{|R:*p|}}\";",
        "bool b = {|R:*p|} is var e;",
        "bool b = {|R:*p|} is E;",
        "bool b = {|R:*p|} == {|R:*q|};",
        "bool b = {|R:p[0]|} == {|R:p[0]|};",
        "switch ({|R:*p|}) { default: break; }",
        "int n = {|R:*p|} switch { _ => 0 };",
        "ByValue({|R:*p|});",
        "ByIn({|R:*p|});",
        "Params({|R:*p|}, {|R:*q|});",
        "E[] es = [{|R:*p|}, {|R:*q|}];",
        "E[] es = { {|R:*p|} };",
        "E* es = stackalloc E[] { {|R:*p|} };",
        "Span<E> es = stackalloc[] { {|R:*p|} };",
        "var t2 = ({|R:*p|}, 1);",
        "Func<E> f = () => {|R:*p|};",
        "E Local() => {|R:*p|};",
        "while ({|R:*p|} == v) { }",
        "for (E e = {|R:*p|}; c; ) { }",
        "if ({|R:p[i]|}.Equals(v)) { }",
        "string s = ({|R:*p|}).ToString();",
        "v = {|R:*p|};",
        "throw new Exception(({|R:*p|}).ToString());",
        "unchecked { E a = {|R:*p|}; }",
        "Func<string> f = {|R:p->ToString|};",
        "string s = {|R:p->ToString|}();",
        "bool b = {|R:p->Equals|}(v);",

        // Writes.
        "{|W:*p = v|};",
        "{|W:p[i] = v|};",
        "{|W:*(p + i) = v|};",
        "{|W:*p++ = v|};",
        "{|W:*p = default|};",
        "{|W:(*p) = v|};",
        "{|W:**pp = v|};",
        "E a = {|W:*p = v|};",
        "{|W:*p = *&v|};",
        "{|W:*p = {|W:*q = v|}|};",
        "{|W:*p = {|R:*q|}|};",
        "{|W:p[i] = {|R:p[i + 1]|}|};",
        "({|W:*p|}, v) = (v, v);",
        "({|W:*p|}, {|W:*q|}) = (v, v);",
        "{|W:p[({|R:*q|}).GetHashCode()] = v|};",
        "Action f = () => {|W:*p = v|};",

        // Read-modify-writes.
        "{|M:*p |= x|};",
        "{|M:p[i] |= x|};",
        "{|M:*p++ |= x|};",
        "{|M:p[i++] |= x|};",
        "{|M:*p = *p | x|};",
        "{|M:p[i] = p[i] | x|};",
        "{|M:p[i] = *(p + i) | x|};",
        "{|M:*p = p[0] | x|};",
        "{|M:*p = c ? *p : v|};",
        "{|M:*p = (*p | x) | (({|R:*q|}).GetHashCode() == 0 ? x : 1ul)|};",
        "({|M:*p|}, {|M:*q|}) = (*q, *p);",
        "({|M:*p|}, v) = (*p, v);",
        "{|M:*p |= (ulong)({|R:*q|}).GetHashCode()|};",

        // Escapes.
        "ByRef(ref {|E:*p|});",
        "ByIn(in {|E:*p|});",
        "ByOut(out {|E:*p|});",
        "ByRef(ref {|E:p[i]|});",
        "ref E r = ref *p; E a = {|R:r|};",
        "ref E r = ref *p; {|W:r = v|};",
        "ref E r = ref *p; {|M:r |= x|};",
        "ref E r = ref v; r = ref *p; {|W:r = v|};",
        "ref E r = ref *p; ref E s = ref r; {|W:s = v|};",
        "ref readonly E r = ref *p; E a = {|R:r|};",
        "ref E r = ref c ? ref *p : ref *q; E a = {|R:r|};",
        "ref E Local() => ref *p; E a = {|R:Local()|};",
        "{|W:(c ? ref *p : ref *q) = v|};",
        "var t2 = __makeref({|E:*p|});",
        "var h = new Holder { Ref = ref {|E:*p|} };",

        // Addresses only.
        "E* a = p + 1;",
        "E* a = &*p;",
        "E* a = &p[i];",
        "E* a = &(*pp)[i];",
        "p++;",
        "p += 1;",
        "long n = p - q;",
        "bool b = p == q;",
        "bool b = p != null;",
        "if (p is null) return;",
        "int n = sizeof(E);",
        "string s = nameof(p);",
        "Type t2 = typeof(E*);",
        "nint n = (nint)p;",
        "void* n = p;",
        "pp[i] = p;",
        "E* a = pp[i];",
        "E* a = *pp;",
        "ByPointer(p);",
        "Action f = () => ByPointer(p);",
        "E* a = c ? p : q;",
        "E*[] a = { p, q };",
        "delegate*<E*, void> f = &ByPointer; f(p);",

        // Private copies.
        "E a; E* b = &a; *b = v; v = *b;",
        "E* b = &v; v = *b; *b |= x;",
        "E* b = stackalloc E[4]; b[0] = v; v = b[1];",
        "Span<E> b = stackalloc E[4]; b[0] = v; v = b[1];",
        "E* b = null; E a; b = &a; *b = v;",
        "ref E r = ref v; r = default; v = r;",

        // Spans.
        "var s = new Span<E>(p, 4); E a = {|R:s[i]|};",
        "var s = new Span<E>(p, 4); {|W:s[i] = v|};",
        "var s = new Span<E>(p, 4); {|M:s[i] |= x|};",
        "E[] a = [v, .. {|R:new Span<E>(p, 4)|}, .. new Span<E>(ref v)];",
        "var s = new Span<E>(p, 4); E a = {|R:s[^1]|};",
        "var s = new Span<E>(p, 4)[1..]; E a = {|R:s[0]|};",
        "var s = new Span<E>(p, 4).Slice(1); E a = {|R:s[0]|};",
        "ReadOnlySpan<E> s = new Span<E>(p, 4); E a = {|R:s[0]|};",
        "var s = new ReadOnlySpan<E>(p, 4); E a = {|R:s[0]|};",
        "foreach (var e in {|R:new Span<E>(p, 4)|}) { }",
        "foreach (ref var e in new Span<E>(p, 4)) { {|W:e = v|}; }",
        "foreach (ref readonly var e in new Span<E>(p, 4)) { v = {|R:e|}; }",
        "{|W:new Span<E>(p, 4).Clear()|};",
        "{|W:new Span<E>(p, 4).Fill(v)|};",
        "{|R:{|W:new Span<E>(p, 4).CopyTo(new Span<E>(q, 4))|}|};",
        "E[] a = {|R:new Span<E>(p, 4).ToArray()|};",
        "var s = MemoryMarshal.CreateSpan(ref *p, 4); {|W:s[0] = v|};",
        "var s = MemoryMarshal.AsBytes(new Span<E>(p, 4)); byte a = {|R:s[0]|};",
        "var s = MemoryMarshal.Cast<E, uint>(new Span<E>(p, 4)); uint a = {|R:s[0]|};",
        "ref E r = ref MemoryMarshal.GetReference(new Span<E>(p, 4)); {|W:r = v|};",
        "int n = new Span<E>(p, 4).Length;",

        // The framework's readers and writers of memory.
        "E a = {|R:Unsafe.Read<E>(p)|};",
        "E a = {|R:Unsafe.ReadUnaligned<E>(p)|};",
        "{|W:Unsafe.Write(p, v)|};",
        "{|W:Unsafe.WriteUnaligned(p, v)|};",
        "E a = {|R:Unsafe.AsRef<E>(p)|};",
        "{|W:Unsafe.AsRef<E>(p) = v|};",
        "{|W:Unsafe.Add(ref *p, i) = v|};",
        "ulong a = {|R:Unsafe.As<E, ulong>(ref *p)|};",
        "E* a = (E*)Unsafe.AsPointer(ref *p);",
        "ulong a = Unsafe.BitCast<E, ulong>({|R:*p|});",
        "Unsafe.SkipInit(out *p);",
        "{|R:{|W:Unsafe.CopyBlock(p, q, 8)|}|};",
        "{|W:Unsafe.InitBlock(p, 0, 8)|};",
        "long a = {|R:Marshal.ReadInt64((nint)p)|};",
        "int a = {|R:Marshal.ReadInt32((IntPtr)p, 4)|};",
        "{|W:Marshal.WriteInt64((nint)p, 0)|};",
        "object a = {|R:Marshal.PtrToStructure((nint)p, typeof(E))|};",
        "{|W:Marshal.StructureToPtr(v, (nint)p, false)|};",
        "E a = {|R:MemoryMarshal.Read<E>(new Span<byte>(p, 8))|};",
        "{|W:MemoryMarshal.Write(new Span<byte>(p, 8), in v)|};",
        "ulong a = {|R:BitConverter.ToUInt64(new ReadOnlySpan<byte>(p, 8))|};",
        "{|W:NativeMemory.Clear(p, 8)|};",
        "{|W:NativeMemory.Fill(p, 8, 0)|};",
        "{|R:NativeMemory.Copy(p, &v, 8)|};",
        "{|R:{|W:Buffer.MemoryCopy(p, q, 8, 8)|}|};",
        "var a = {|R:Vector128.Load((ulong*)p)|};",
        "{|W:Vector512<ulong>.Zero.Store((ulong*)p)|};",
        "{|W:Vector512.Store(default, (ulong*)p)|};",
        "Volatile.Write(ref *(ulong*)p, 0);",
        "Interlocked.Or(ref *(ulong*)p, x);",
        "ulong a = Interlocked.CompareExchange(ref *(ulong*)p, x, 0);",
        "ulong a = Interlocked.Exchange(ref Unsafe.AsRef<ulong>(p), x);",

        // Looking through other types.
        "ulong a = {|R:*(ulong*)p|};",
        "{|W:*(ulong*)p = x|};",
        "{|M:*(ulong*)p |= x|};",
        "uint a = {|R:((uint*)p)[1]|};",
        "byte a = {|R:*(byte*)p|};",
        "ulong* raw = (ulong*)p; ulong a = {|R:raw[i]|};",
        "byte* raw = (byte*)p + 8; {|W:*raw = 1|};",
        "nint n = (nint)p; ulong a = {|R:*(ulong*)n|};",
        "nint n = (nint)p + 8; {|W:*(ulong*)n = 1|};",
        "ulong a = ({|R:*(Word*)p|}).Value;",
        "ulong a = {|R:((Word*)p)->Value|};",
    ];

    private static readonly string[] s_typed =
    [
        "ulong a = {|R:p->Value|};",
        "ulong a = ({|R:*p|}).Value;",
        "ulong a = ({|R:*p|}).Value;",
        "ulong a = {|R:p[i]|}.Value;",
        "ulong a = {|R:(*pp)->Value|};",
        "ulong a = {|R:pp[i]->Value|};",
        "bool b = {|R:p->IsNone|};",
        "bool b = {|R:p->IsDirty|};",
        "bool b = {|R:p->IsPresent|} && {|R:p->IsNone|};",
        "bool b = ({|R:*p|}).IsPresent;",
        "Pte a = {|R:p->MkOld|}();",
        "Pte a = ({|R:*p|}).MkOld();",
        "Pte a = {|R:p[i]|}.MkOld().MkDirty();",
        "int n = {|R:p->Value|}.CompareTo(1);",
        "bool b = {|R:p->Young|};",
        "bool b = {|R:*p|} is { IsNone: true };",
        "bool b = {|R:*p|} is (0, _);",
        "bool b = {|R:p->Value|} is 1 or 3;",
        "int n = {|R:p->Value|} switch { 1 => 2, _ => 3 };",
        "var (a, b) = {|R:*p|};",
        "var a = {|R:*p|} with { Value = 1 };",
        "ulong a = (ulong){|R:*p|};",
        "Func<Pte> f = {|R:p->MkOld|};",
        "bool b = ((IEquatable<Pte>)({|R:*p|})).Equals(v);",
        "bool b = {|R:p->Old|}();",
        "bool b = {|R:p->OldIn|}();",
        "bool b = {|R:p->Observe|}();",
        "bool b = {|R:p->ObserveTwice|}(3);",
        "Pte a = {|R:t->E0|};",
        "ulong a = {|R:t->E0|}.Value;",
        "ulong a = {|R:(*t).E0|}.Value;",
        "Pte a = {|R:t->Inline[i]|};",
        "ulong a = {|R:t->Inline[i]|}.Value;",
        "foreach (var e in {|R:t->Inline|}) { }",
        "ulong a = {|R:At(i)|}.Value;",
        "Pte a = {|R:At(i)|};",
        "Pte a = {|R:this[i]|};",
        "ref readonly Pte r = ref *p; {|R:r|}.Clear();",
        "Pte a = {|R:((Pte*)x)->MkOld|}();",
        "Pte a = {|R:*(Pte*)x|};",
        "Pte a = {|R:Unsafe.Read<Pte>((void*)x)|};",
        "Pte a = {|R:Marshal.PtrToStructure<Pte>((nint)x)|};",
        "{|W:Unsafe.Write((void*)x, v)|};",
        "{|M:Unsafe.AsRef<Pte>((void*)x).Clear()|};",
        "var s = new Span<Pte>((void*)x, 4); {|W:s[0] = v|};",
        "ulong word = 0; v = Unsafe.Read<Pte>(&word); Unsafe.AsRef<Pte>(&word).Clear(); new Span<Pte>(&word, 1)[0] = v;",
        "ulong a = {|R:((Pte*)bits)->Value|};",

        "{|W:*p = new Pte { Value = 1 }|};",
        "{|W:*p = new Pte(1)|};",
        "{|W:*p = new(1)|};",
        "{|W:p->Value = 1|};",
        "{|W:(*p).Value = 1|};",
        "{|W:p[i].Value = 1|};",
        "{|W:t->E0 = v|};",
        "{|W:t->E0.Value = 1|};",
        "{|W:t->Inline[i] = v|};",
        "{|W:At(i) = v|};",
        "{|W:this[i] = v|};",
        "{|W:At(i).Value = 1|};",
        "{|W:*p = ({|R:*q|}).MkOld()|};",
        "{|W:p->Value = {|R:q->Value|}|};",
        "({|W:p->Value|}, _) = (1ul, 2);",

        "{|M:*p = (*p).MkOld()|};",
        "{|M:*p = p->MkOld()|};",
        "{|M:*p = *p with { Value = 1 }|};",
        "{|M:*p = Paging.PtepGet(p).MkOld()|};",
        "{|M:p[i] = Paging.PtepGet(&p[i]).MkOld()|};",
        "{|M:p[i] = Paging.PtepGet(p + i).MkOld()|};",
        "{|W:p[i] = Paging.PtepGet(q).MkOld()|};",
        "{|M:p->Value |= 1|};",
        "{|M:p->Value++|};",
        "{|M:--p->Value|};",
        "{|M:p[i++].Value |= 1|};",
        "{|M:p->Value = p->Value | 1|};",
        "{|M:p->Young = true|};",
        "{|M:p->Young ^= true|};",
        "{|M:p[i].Young = true|};",
        "{|M:p->Clear()|};",
        "{|M:(*p).Clear()|};",
        "{|M:p[i].Clear()|};",
        "{|M:p->ClearIndirectly()|};",
        "{|M:t->E0.Clear()|};",
        "{|M:At(i).Clear()|};",
        "{|M:At(i).Value |= 1|};",
        "{|M:this[i].Value |= 1|};",
        "ref Pte r = ref *p; {|M:r.Clear()|};",
        "ref Pte r = ref *p; {|M:r.Young = true|};",
        "ref Pte r = ref At(i); {|M:r.Clear()|};",
        "var h = new Holder { Ref = ref {|E:*p|} }; {|W:h.Ref = v|};",
        "var h = new Holder { Ref = ref {|E:*p|} }; {|M:h.Ref.Clear()|};",

        "{|E:p->OldRef|}();",
        "ByRefWord(ref {|E:p->Value|});",
        "ref ulong r = ref p->Value; {|M:r |= 1|};",
        "Span<Pte> s = t->Inline[..]; {|W:s[0] = v|};",

        "ulong* a = &p->Value;",
        "Pte* a = &t->E0;",
        "ulong a = {|L:Volatile.Read(ref *(ulong*)p)|};",
        "ulong a = {|L:Volatile.Read(ref p->Value)|};",
        "ulong a = {|L:Volatile.Read(ref p[i].Value)|};",
        "ulong a = {|L:Volatile.Read(ref t->Inline[i].Value)|};",
        "ulong a = {|L:Volatile.Read(ref Unsafe.As<Pte, ulong>(ref *p))|};",
        "ulong a = {|L:Interlocked.Read(ref p->Value)|};",
        "ulong a = {|L:Thread.VolatileRead(ref *(ulong*)p)|};",
        "Pte a = {|L:*p|}; Thread.MemoryBarrier();",
        "Pte a; a = {|L:p[i]|}; Interlocked.MemoryBarrier();",
        "bool a = {|L:p->IsPresent|} && {|L:p->IsNone|}; Thread.MemoryBarrier();",
        "Pte a = {|R:*p|}; ; Thread.MemoryBarrier();",
        "{|M:p->Value = Volatile.Read(ref p->Value) | 1|};",
        "{|W:*p = v|}; Thread.MemoryBarrier();",
        "Volatile.Write(ref p->Value, 1);",
        "Interlocked.Or(ref p->Value, 1);",
        "Pte a = Paging.PtepGet(p);",
        "Paging.SetPte(p, v);",
        "Paging.SetPte(p, {|R:*q|});",
        "fixed (Pte* a = shadow) { v = {|R:*a|}; }",
        "fixed (Pte* a = &shadow[0]) { {|W:*a = v|}; }",
        "fixed (Pte* a = shadow.AsSpan()) { {|W:*a = v|}; }",
        "shadow[0] = v; v = shadow[1]; shadow[2].Clear();",
        "v.Clear(); v.Young = true; v.Value |= 1;",
        "parameter.Clear(); parameter = v;",
    ];

    private static readonly string[] s_raw =
    [
        "ulong a = {|R:*p|} & 1;",
        "bool b = ({|R:p[i]|} & 1) != 0;",
        "ulong* next = (ulong*)({|R:p[i]|} & ~0xFFFul);",
        "bool b = {|R:*p|} is 1 or > 3;",
        "switch ({|R:*p|}) { case 1: break; }",
        "int n = (int)({|R:p[i]|} >> 12);",
        "{|W:p[i] = x & ~0xFFFul | 3|};",
        "{|M:*p += 1|};",
        "{|M:*p ^= x|};",
        "{|M:*p <<= 1|};",
        "{|M:++*p|};",
        "{|M:(*p)++|};",
        "{|M:--p[i]|};",
        "{|M:p[i]--|};",
        "{|M:p[i] &= ~2ul|};",
        "{|M:p[i] = p[i] & ~2ul|};",
        "{|M:p[i] = Paging.Read(&p[i]) & ~2ul|};",
        "{|M:*p = Volatile.Read(ref *p) & ~2ul|};",
        "ulong* end = p + 512; for (ulong* e = p; e < end; e++) { v |= {|R:*e|}; }",
        "ulong* e = c ? p : q; v = {|R:*e|};",
        "ulong* e = q; if (c) e = p; v = {|R:*e|};",
        "var (e, n) = ((nint)p, 1); v = {|R:*(ulong*)e|};",
        "var both = (p: (nint)p, n: 1); v = {|R:*(ulong*)both.p|};",
        "ref ulong r = ref Unsafe.AsRef<ulong>(p + i); {|M:r |= 1|};",
        "ulong old = Interlocked.Read(ref p[i]);",
        "v = Volatile.Read(ref *(ulong*)p);",
        "v = {|R:*p|}; Thread.MemoryBarrier();",
        "while (Interlocked.CompareExchange(ref *p, x, v) != v) { v = Volatile.Read(ref *p); }",
        "v = {|R:table->Entries[i]|};",
        "{|W:table->Entries[i] = v|};",
        "ulong* e = table->Entries; v = {|R:*e|};",
        "v = other->Plain[i];",
        "v = *plain; *plain = v; plain[i] |= 1;",
        "void* m = p; v = {|R:*(ulong*)m|};",
        "v = {|R:*Next(p)|};",
        "v = {|R:slots[i]|}; {|M:slots[i] = v|}; {|M:slots[i] |= 1|};",
        "v = {|R:array[i]|}; {|M:array[i] = v|}; foreach (var e in {|R:array|}) { }",
        "v = {|R:reference|}; {|M:reference = v|}; {|M:reference |= 1|};",
        "v = {|R:*(ulong*)address|}; {|W:((ulong*)address)[i] = v|};",
        "v = (ulong){|R:Marshal.ReadInt64(address)|}; {|W:Marshal.WriteInt64(address, 8, 0)|};",
        "v = {|R:*(ulong*)(untyped)|};",
        "v = {|R:tables[i][i]|};",
    ];

#if NEWEST_ROSLYN
    /// <summary>Forms of C# 13 and 14, and of the framework since .NET 9, that the oldest compiler does not take.</summary>
    private static readonly string[] s_newest =
    [
        "bool b = {|R:p->IsLeaf|};",
        "bool b = {|R:p->IsLeafMethod|}();",
        "bool b = ({|R:*p|}).IsLeaf;",
        "{|E:p->ResetByRef|}();",
        "{|M:p->LeafByRef = true|};",
        "{|M:*p += 1|};",
        "{|M:p[i] += 1|};",
        "{|M:++*p|};",
        "{|M:(*p)++|};",
        "{|M:*p -= 1|};",
        "ParamsSpan({|R:*p|}, {|R:*q|});",
        "{|M:Interlocked.Exchange(ref *p, v)|};",
        "{|M:Interlocked.CompareExchange(ref *p, v, v)|};",
        "ref Pte r = ref *p; {|M:r += 1|};",
    ];
#endif

    public static IEnumerable<string> Typed => [.. s_common, .. s_typed, .. Newest];

    public static IEnumerable<string> Raw => [.. s_common, .. s_raw];

#if NEWEST_ROSLYN
    private static string[] Newest => s_newest;
#else
    private static string[] Newest => [];
#endif

    /// <summary>Each form as a method of its own, so that none sees what another does.</summary>
    public static string TypedSource(IEnumerable<string> forms) => Source("Pte", "Pte* p, Pte* q, Pte** pp", forms);

    public static string RawSource(IEnumerable<string> forms) => Source("ulong", "[EntryPointer(typeof(Paging), Read = nameof(Paging.Read))] ulong* p, [EntryPointer] ulong* q, [EntryPointer] ulong** pp", forms);

    private static string Source(string entry, string pointers, IEnumerable<string> forms) => $$"""
        using E = {{entry}};
        {{Prologue}}
        {{string.Join("\n", forms.Select((form, i) => $"    void Form{i}({pointers}, E v, bool c, int i, ulong x, nint bits, {Others}) {{ {form} }}"))}}
        }
        {{Epilogue}}
        """;

    private const string Others = "Table* t, RawTable* table, PlainTable* other, ulong* plain, ref Pte parameter, "
        + "[EntryPointer] Span<ulong> slots, [EntryPointer] ulong[] array, [EntryPointer] ref ulong reference, [EntryPointer] nint address, [EntryPointer] void* untyped, [EntryPointer] ulong*[] tables";

    private const string Prologue = """
        using System;
        using System.Runtime.CompilerServices;
        using System.Runtime.InteropServices;
        using System.Runtime.Intrinsics;
        using System.Threading;
        using PteGuard;

        unsafe class Forms
        {
            Pte[] shadow;
            ref Pte At(int i) => throw null;
            ref Pte this[int i] => throw null;
            [return: EntryPointer] static ulong* Next([EntryPointer] ulong* p) => p;
            static void ByValue(E e) { }
            static void ByIn(in E e) { }
            static void ByRef(ref E e) { }
            static void ByOut(out E e) { e = default; }
            static void ByRefWord(ref ulong e) { }
            static void ByPointer(E* e) { }
            static void Params(params E[] es) { }
        #if NEWEST_ROSLYN
            static void ParamsSpan(params Span<E> es) { }
        #endif
            ref struct Holder { public ref E Ref; }
        """;

    private const string Epilogue = """
        struct Word { public ulong Value; }
        [InlineArray(8)] struct Row { Pte e; }
        struct Table { public Pte E0; public Row Inline; }
        unsafe struct RawTable { [EntryPointer] public fixed ulong Entries[512]; }
        unsafe struct PlainTable { public fixed ulong Plain[512]; }
        static class PteExtensions
        {
            public static bool Old(this Pte e) => true;
            public static bool OldIn(this in Pte e) => true;
            public static void OldRef(this ref Pte e) { }
        #if NEWEST_ROSLYN
            extension(Pte e) { public bool IsLeaf => true; public bool IsLeafMethod() => true; }
            extension(ref Pte e) { public void ResetByRef() { } public bool LeafByRef { set { } } public void operator -=(int x) { } }
        #endif
        }
        """;
}
